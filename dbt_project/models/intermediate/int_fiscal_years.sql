{{ config(post_hook="{{ ledgers_of_fiscal_years() }}") }}

-- Every fiscal year that anything is printed for, and a hash of all that is printed for it: files with what
-- is known of them, transcribed figures, corrections, the catalogue, working days. What was built from the
-- same inputs needs no building.
with sources as (

    select
        *,
        hash(int_sources) as row_key
    from {{ ref('int_sources') }}

),

transcribed as (

    select
        *,
        hash(int_transcribed_prints) as row_key
    from {{ ref('int_transcribed_prints') }}

),

printed_periods as (

    select * from {{ ref('stg_printed_periods') }}

),

-- What counts in every year.
everywhere as (

    select bit_xor(row_key) as inputs_key
    from (
        select hash(int_corrections) as row_key from {{ ref('int_corrections') }}
        union all
        select hash(stg_releases) as row_key from {{ ref('stg_releases') }}
        union all
        select hash(int_working_days) as row_key from {{ ref('int_working_days') }}
    )

),

inputs as (

    select distinct
        {{ fiscal_year_starts_on('printed_periods.period_ends_on') }} as fiscal_year_starts_on,
        sources.row_key as inputs_key
    from printed_periods
    inner join sources
        on
            printed_periods.file_sha256 = sources.file_sha256
            and printed_periods.release_id = sources.release_id
    union all
    select
        {{ fiscal_year_starts_on('transcribed.period_ends_on') }} as fiscal_year_starts_on,
        hash(transcribed.row_key, sources.row_key) as inputs_key
    from transcribed
    inner join sources on transcribed.source_id = sources.source_id

),

years as (

    select
        inputs.fiscal_year_starts_on,
        hash(any_value(everywhere.inputs_key), list(inputs.inputs_key order by inputs.inputs_key))
            as inputs_key
    from inputs
    cross join everywhere
    group by inputs.fiscal_year_starts_on

)

select
    fiscal_year_starts_on,
    inputs_key,
    hash(list((fiscal_year_starts_on, inputs_key)) over so_far) as inputs_key_so_far
from years
window so_far as (order by fiscal_year_starts_on)
