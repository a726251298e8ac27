{{ config(post_hook="{{ ledgers_of_fiscal_years() }}") }}

-- Every fiscal year that anything is printed for, and a hash of all that is printed for it: files with what is
-- known of them, transcribed figures, corrections, the catalogue. What was built from the same inputs needs no
-- building.
with files as (

    select * from {{ ref('int_sources') }}
    where basis = 'published'

),

printed_periods as (

    select * from {{ ref('stg_printed_periods') }}

),

transcribed as (

    select * from {{ ref('int_transcribed_prints') }}

),

transcribed_sources as (

    select * from {{ ref('int_sources') }}
    where basis = 'transcribed'

),

corrections as (

    select coalesce(bit_xor(hash(corrections)), 0) as inputs_key
    from {{ ref('int_corrections') }} as corrections

),

releases as (

    select coalesce(bit_xor(hash(releases)), 0) as inputs_key
    from {{ ref('stg_releases') }} as releases

),

holidays as (

    select coalesce(bit_xor(hash(holidays)), 0) as inputs_key
    from {{ ref('int_working_days') }} as holidays

),

inputs as (

    select distinct
        {{ fiscal_year_starts_on('printed_periods.period_ends_on') }} as fiscal_year_starts_on,
        hash(files) as inputs_key
    from printed_periods
    inner join files
        on printed_periods.file_sha256 = files.file_sha256 and printed_periods.release_id = files.release_id
    union all
    select
        {{ fiscal_year_starts_on('transcribed.period_ends_on') }} as fiscal_year_starts_on,
        hash(transcribed, transcribed_sources) as inputs_key
    from transcribed
    inner join transcribed_sources on transcribed.source_id = transcribed_sources.source_id

),

years as (

    select
        fiscal_year_starts_on,
        hash(list(inputs_key order by inputs_key)) as inputs_key
    from inputs
    group by fiscal_year_starts_on

),

everywhere as (

    select
        years.fiscal_year_starts_on,
        hash(
            years.inputs_key, corrections.inputs_key, releases.inputs_key, holidays.inputs_key
        ) as inputs_key
    from years
    cross join corrections
    cross join releases
    cross join holidays

)

select
    fiscal_year_starts_on,
    inputs_key,
    hash(list((fiscal_year_starts_on, inputs_key)) over so_far) as inputs_key_so_far
from everywhere
window so_far as (order by fiscal_year_starts_on)
