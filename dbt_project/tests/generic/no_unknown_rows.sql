{# Every landed row has a meaning in its labels seed: reading quarantines a file with one that has none. #}
{% test no_unknown_rows(model) %}
select distinct
    release_id,
    row_key
from {{ model }}
where code is null and not coalesce(is_memorandum, false)
{% endtest %}
