with vintages as (

    select * from {{ ref('int_vintages') }}

)

select
    vintage_id,
    series,
    code,
    period_type,
    period,
    period_starts_on,
    period_ends_on,
    flow,
    value,
    unit,
    decimals,
    value_as_printed,
    value_usd_mn,
    rounding_usd_mn,
    status,
    last_status,
    basis,
    via,
    release_id,
    file_sha256,
    sheet,
    cell,
    source_url,
    published_on,
    published_on_is,
    last_confirmed_on,
    is_first_print,
    first_seen_at,
    valid_from,
    valid_to,
    is_withdrawn
from vintages
order by series, code, period_type, period_starts_on, flow, valid_from
