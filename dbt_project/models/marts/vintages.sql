with vintages as (

    select * from {{ ref('int_vintages') }}

),

prints as (

    select * from {{ ref('int_observations_unioned') }}

),

sources as (

    select * from {{ ref('int_sources') }}

),

figures as (

    select * from {{ ref('int_figures') }}

),

derived as (

    select * from {{ ref('int_months_derived') }}
    where {{ stood() }}

),

printed as (

    select
        {{ vintage_id('figures.figure_key', 'vintages.release_id', 'vintages.published_on') }} as vintage_id,
        figures.series,
        figures.code,
        figures.period_type,
        figures.period,
        figures.period_starts_on,
        figures.period_ends_on,
        figures.flow,
        prints.value,
        prints.unit,
        prints.decimals,
        prints.value_as_printed,
        prints.correction_id,
        case when figures.amount_unit = 'million US$' then vintages.amount end as value_usd_mn,
        case when figures.amount_unit = 'million US$' then vintages.rounding end as rounding_usd_mn,
        vintages.status,
        vintages.last_status,
        sources.basis,
        sources.via,
        vintages.release_id,
        sources.file_sha256,
        prints.sheet,
        prints.cell,
        sources.source_url,
        vintages.published_on,
        sources.published_on_is,
        vintages.last_confirmed_on,
        vintages.is_first_print,
        sources.first_seen_at,
        vintages.valid_from,
        vintages.valid_to,
        vintages.is_withdrawn
    from vintages
    inner join figures on vintages.figure_id = figures.figure_id
    inner join prints on vintages.figure_id = prints.figure_id and vintages.source_id = prints.source_id
    inner join sources on vintages.source_id = sources.source_id

)

select * from printed
union all by name
select
    vintage_id,
    series,
    code,
    'month' as period_type,
    period,
    month as period_starts_on,
    month_ends_on as period_ends_on,
    flow,
    amount::double as value,
    'million US$' as unit,
    null as decimals,
    null as value_as_printed,
    null as correction_id,
    amount as value_usd_mn,
    rounding as rounding_usd_mn,
    status,
    status as last_status,
    'derived' as basis,
    'derived' as via,
    release_id,
    null as file_sha256,
    null as sheet,
    null as cell,
    null as source_url,
    published_on,
    'newest_input' as published_on_is,
    published_on as last_confirmed_on,
    false as is_first_print,
    null as first_seen_at,
    published_on as valid_from,
    null as valid_to,
    false as is_withdrawn
from derived
order by series, code, flow, period_type, period_ends_on
