with cells as (

    select * from {{ ref('transcribed_services_cells') }}

)

select
    'transcribed_services_cells' as release_id,
    'EBOPS ' as sheet,
    cell,
    row_label,
    row_key,
    flow as flow_label,
    period_type,
    period_starts_on,
    period_ends_on,
    case status_mark when 'P' then 'provisional' when 'R' then 'revised' else 'not_stated' end as status,
    column_label,
    'thousand US$' as unit,
    value_thousand_usd as value,
    decimals,
    published_on,
    published_on_is,
    source_url
from cells
