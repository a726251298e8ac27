{# Sources that differ, and months that do not add up: SBP revises, so this warns. #}
{% test sources_agree(model) %}
select
    check_id,
    period,
    left_usd_mn,
    right_usd_mn,
    difference_usd_mn,
    tolerance_usd_mn,
    published_on
from {{ model }}
where not must_hold and verdict = 'differs'
{% endtest %}
