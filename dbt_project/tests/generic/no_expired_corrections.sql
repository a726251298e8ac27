{# A correction whose file SBP has published anew, or whose cell prints something else than was looked at:
   etl/catalog/corrections/README.md says what to do. #}
{% test no_expired_corrections(model) %}
select
    correction_id,
    state,
    as_printed,
    found_in_cell,
    other_file_sha256
from {{ model }}
where state in ('expired', 'mistaken')
{% endtest %}
