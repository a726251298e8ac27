-- Every print of every figure, whatever its source, in one unit. The services totals of the balance of
-- payments are prints of total services as well: one cell, two series.
with services as (

    select * from {{ ref('int_services_prints') }}

),

balance_of_payments as (

    select * from {{ ref('int_balance_of_payments_prints') }}

),

transcribed as (

    select * from {{ ref('int_transcribed_prints') }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}

),

prints as (

    select * from services
    union all by name
    select * from balance_of_payments
    union all by name
    select * from transcribed

),

with_services_totals as (

    select * from prints
    union all by name
    select prints.* replace ('services' as series, 'S' as code, lines.services_flow as flow)
    from prints
    inner join lines on prints.code = lines.line_code
    where prints.series = 'balance_of_payments' and lines.services_flow is not null

),

scaled as (

    select
        *,
        case unit when 'thousand US$' then 0.001 when 'million US$' then 1 end as usd_mn_per_unit
    from with_services_totals

)

select
    * exclude (usd_mn_per_unit),
    {{ period_key('period_type', 'period_starts_on', 'period_ends_on') }} as period,
    {{ usd_mn('value * usd_mn_per_unit') }} as value_usd_mn,
    0.5 * usd_mn_per_unit / power(10, decimals) as rounding_usd_mn
from scaled
