{{ config(materialized='view') }}

-- Every print of every figure, whatever its source. Amounts of money are in million US$, others in the unit
-- of their print. The services totals of the balance of payments are prints of total services as well: one
-- cell, two series. A view: each reader takes the columns that it needs, and copying all of them costs more.
with sources as (

    select * from {{ ref('int_sources') }}

),

transcribed as (

    select * from {{ ref('int_transcriptions_unioned') }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}

),

corrections as (

    select * from {{ ref('int_corrections') }}
    where state = 'in_force'

),

observations as (

    select * from {{ ref('int_releases_unioned') }}

),

in_files as (

    select
        observations.series,
        observations.code,
        observations.flow,
        observations.period_type,
        observations.period_starts_on,
        observations.period_ends_on,
        observations.printed_code,
        observations.sheet,
        observations.cell,
        coalesce(corrections.should_be, observations.value) as value,
        observations.unit,
        observations.value_as_printed,
        observations.decimals,
        observations.status,
        observations.period_ends_on = sources.edition_ends_on as is_first_print,
        sources.source_id,
        sources.release_id,
        sources.published_on,
        sources.valid_from,
        sources.edition_ends_on,
        sources.is_one_of_a_day,
        sources.place_in_day,
        sources.is_edition,
        corrections.correction_id
    from observations
    inner join sources
        on observations.file_sha256 = sources.file_sha256 and observations.release_id = sources.release_id
    left join corrections
        on
            observations.release_id = corrections.release_id
            and observations.file_sha256 = corrections.file_sha256
            and observations.sheet = corrections.sheet
            and observations.cell = corrections.cell
    where observations.code is not null and observations.value is not null and not observations.is_memorandum

),

in_print as (

    select
        transcribed.series,
        transcribed.code,
        transcribed.flow,
        transcribed.period_type,
        transcribed.period_starts_on,
        transcribed.period_ends_on,
        transcribed.printed_code,
        transcribed.sheet,
        transcribed.cell,
        transcribed.value,
        transcribed.unit,
        transcribed.value_as_printed,
        transcribed.decimals,
        transcribed.status,
        transcribed.is_first_print,
        transcribed.source_id,
        transcribed.release_id,
        transcribed.published_on,
        sources.valid_from,
        sources.edition_ends_on,
        sources.is_one_of_a_day,
        sources.place_in_day,
        sources.is_edition,
        null as correction_id
    from transcribed
    inner join sources on transcribed.source_id = sources.source_id

),

prints as (

    select * from in_files
    union all by name
    select * from in_print

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
        case unit when 'thousand US$' then 0.001 else 1 end as scale
    from with_services_totals

)

select
    * exclude (scale),
    {{ figure_id() }} as figure_id,
    case when unit in ('thousand US$', 'million US$') then 'million US$' else unit end as amount_unit,
    value * scale as exact_amount,
    {{ usd_mn('value * scale') }} as amount,
    0.5 * scale / power(10, decimals) as rounding
from scaled
