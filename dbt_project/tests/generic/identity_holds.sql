{# An accounting identity that does not close: a file was misread, or is wrong, and nothing is published. #}
{% test identity_holds(model) %}
select
    check_id,
    period,
    code,
    flow,
    left_usd_mn,
    difference_usd_mn,
    tolerance_usd_mn,
    figures_apart,
    published_on
from {{ model }}
where must_hold and verdict = 'differs'
{% endtest %}
