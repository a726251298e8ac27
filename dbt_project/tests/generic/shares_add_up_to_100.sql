{# The twelve main items of a period share all of its exports, within the rounding of twelve shares, where
   all are known and come with the total from one vintage. #}
{% test shares_add_up_to_100(model) %}
select
    period_type,
    period,
    sum(exports_share_pct) as sum_of_shares_pct
from {{ model }}
where items_known = 12 and not is_mixed_vintage and item_code in (
    select item_code from {{ ref('ebops_items') }}
    where is_main_item
)
group by period_type, period
having count(*) = 12 and abs(sum(exports_share_pct) - 100) > 0.001
{% endtest %}
