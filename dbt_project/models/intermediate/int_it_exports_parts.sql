{% set parts = {
    'telecommunications': '9.1',
    'computer': '9.2',
    'information': '9.3',
    'freelance': '9.2.5',
    'freelance_other_business': '10.3.5',
} -%}

-- One row a month: exports of the parts of item 9, and of freelancers elsewhere, beside each other.
with changes as (

    select * from {{ ref('int_services_changes') }}

)

select
    month,
{% for part, item_code in parts.items() %}
any_value(exports_usd_mn) filter (item_code = '{{ item_code }}') as {{ part }}_usd_mn,
any_value(exports_mom_pct) filter (item_code = '{{ item_code }}') as {{ part }}_mom_pct,
any_value(exports_yoy_pct) filter (item_code = '{{ item_code }}') as {{ part }}_yoy_pct,
any_value(exports_fytd_usd_mn) filter (item_code = '{{ item_code }}') as {{ part }}_fytd_usd_mn,
any_value(exports_fytd_yoy_pct) filter (item_code = '{{ item_code }}') as {{ part }}_fytd_yoy_pct,
any_value(exports_vintage_id) filter (item_code = '{{ item_code }}')
    as {{ part }}_vintage_id{{ ',' if not loop.last }}
{% endfor %}
from changes
where item_code in ('9.1', '9.2', '9.3', '9.2.5', '10.3.5')
group by month
