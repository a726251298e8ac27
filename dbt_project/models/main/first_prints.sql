{% set flows = ['exports', 'imports'] -%}

{% for flow in flows %}
select
    month,
    item_code,
    item_name,
    '{{ flow }}' as flow,
    {{ flow }}_first_published_usd_mn as first_usd_mn,
    {{ flow }}_usd_mn as now_usd_mn,
    {{ flow }}_usd_mn - {{ flow }}_first_published_usd_mn as change_usd_mn,
    {{ pct_change(flow ~ '_usd_mn', flow ~ '_first_published_usd_mn') }} as change_pct
from {{ ref('services_monthly') }}
where {{ flow }}_first_published_usd_mn is not null
{{ 'union all' if not loop.last }}
{% endfor %}
