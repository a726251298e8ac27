{{ config(materialized='view') }}

-- Every comparison that was ever made: of the terms of an identity in one edition, of two sources, of months
-- and longer periods; each with its tolerance and verdict, and whether it is the one that stands. A view:
-- the two marts that read it write all of it.
with edition_checks as (

    select * from {{ ref('int_edition_checks') }}

),

comparisons as (

    select * from {{ ref('int_source_comparisons') }}

),

month_checks as (

    select * from {{ ref('int_month_checks') }}

),

figures as (

    select * from {{ ref('int_figures') }}

),

in_editions as (

    select
        check_name || ':' || release_id as check_id,
        check_name,
        true as must_hold,
        series,
        period_type,
        {{ period_key('period_type', 'period_starts_on', 'period_ends_on') }} as period,
        period_ends_on,
        release_id,
        null as other_release_id,
        published_on,
        code,
        flow,
        figures_compared,
        figures_apart,
        left_amount,
        null as right_amount,
        difference,
        tolerance,
        'the rounding of all its terms' as tolerance_reason,
        case
            when figures_apart > 0 then 'differs'
            when figures_that_hold > 0 then 'holds'
            else 'not_judged'
        end as verdict,
        row_number() over (
            partition by check_name, release_id, period_type, period_starts_on, period_ends_on
            order by published_on desc
        ) = 1 as is_standing
    from edition_checks

),

between_sources as (

    select
        concat_ws(
            ':',
            'sources_agree',
            comparisons.release_id,
            comparisons.other_release_id,
            figures.series,
            figures.code,
            figures.flow
        ) as check_id,
        'sources_agree' as check_name,
        false as must_hold,
        figures.series,
        figures.period_type,
        figures.period,
        figures.period_ends_on,
        comparisons.release_id,
        comparisons.other_release_id,
        comparisons.valid_from as published_on,
        figures.code,
        figures.flow,
        1 as figures_compared,
        (comparisons.difference > comparisons.tolerance)::integer as figures_apart,
        comparisons.left_amount,
        comparisons.right_amount,
        comparisons.difference,
        comparisons.tolerance,
        case
            when comparisons.is_tolerance_of_source then 'how far SBP lets the two sources differ'
            else 'the rounding of the coarser print'
        end as tolerance_reason,
        case
            when comparisons.difference <= comparisons.tolerance then 'holds'
            -- Of two figures the older was not printed again since the newer came: it may have been revised.
            when
                least(comparisons.last_confirmed_on, comparisons.other_last_confirmed_on)
                < comparisons.valid_from
                then 'revised_since'
            else 'differs'
        end as verdict,
        comparisons.valid_to is null as is_standing
    from comparisons
    inner join figures on comparisons.figure_id = figures.figure_id

),

of_months as (

    select
        concat_ws(':', check_name, series, code, flow) as check_id,
        check_name,
        false as must_hold,
        series,
        period_type,
        period,
        period_ends_on,
        null as release_id,
        null as other_release_id,
        published_on,
        code,
        flow,
        1 as figures_compared,
        (abs(left_amount - right_amount) > tolerance)::integer as figures_apart,
        left_amount,
        right_amount,
        abs(left_amount - right_amount) as difference,
        tolerance,
        'the rounding of all its terms' as tolerance_reason,
        case when abs(left_amount - right_amount) <= tolerance then 'holds' else 'differs' end as verdict,
        true as is_standing
    from month_checks

)

select * from in_editions
union all by name
select * from between_sources
union all by name
select * from of_months
