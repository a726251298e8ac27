{# Files with numbers outside their table: these are listed in raw.unread_cells and in no mart. #}
{% test no_unread_cells(model) %}
select
    release_id,
    original_name,
    unread_count
from {{ model }}
where unread_count > 0
{% endtest %}
