{# Files that were not understood are kept and named; the marts are served without them. #}
{% test no_quarantined_files(model) %}
select
    release_id,
    original_name,
    quarantine_reason,
    quarantine_where,
    quarantine_expected,
    quarantine_found
from {{ model }}
where status = 'quarantined'
{% endtest %}
