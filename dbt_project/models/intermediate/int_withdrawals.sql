-- Figures that an edition leaves out, though it prints their period and an earlier one printed them. Only
-- periods in which some edition prints fewer figures than all editions together are looked at figure by
-- figure: of a thousand editions that agree, none.
with prints as (

    select
        series,
        flow,
        period_type,
        period_starts_on,
        period_ends_on,
        figure_id,
        release_id,
        source_id,
        published_on,
        valid_from,
        edition_ends_on,
        is_one_of_a_day,
        place_in_day
    from {{ ref('int_prints') }}
    where is_edition

),

editions as (

    select
        series,
        flow,
        period_type,
        period_starts_on,
        period_ends_on,
        release_id,
        source_id,
        published_on,
        valid_from,
        edition_ends_on,
        is_one_of_a_day,
        place_in_day,
        count(*) as figures
    from prints
    group by all

),

figures as (

    select
        series,
        flow,
        period_type,
        period_starts_on,
        period_ends_on,
        release_id,
        count(distinct figure_id) as figures
    from prints
    group by all

),

short_editions as (

    select editions.*
    from editions
    inner join figures
        on
            editions.series = figures.series
            and editions.flow = figures.flow
            and editions.period_type = figures.period_type
            and editions.period_starts_on = figures.period_starts_on
            and editions.period_ends_on = figures.period_ends_on
            and editions.release_id = figures.release_id
    where editions.figures < figures.figures

),

first_editions as (

    select
        prints.series,
        prints.flow,
        prints.period_type,
        prints.period_starts_on,
        prints.period_ends_on,
        prints.release_id,
        prints.figure_id,
        min((prints.edition_ends_on, prints.published_on)) as edition
    from prints
    semi join short_editions
        on
            prints.series = short_editions.series
            and prints.flow = short_editions.flow
            and prints.period_type = short_editions.period_type
            and prints.period_starts_on = short_editions.period_starts_on
            and prints.period_ends_on = short_editions.period_ends_on
            and prints.release_id = short_editions.release_id
    group by all

)

select
    first_editions.figure_id,
    editions.release_id,
    editions.source_id,
    editions.published_on,
    editions.valid_from,
    editions.edition_ends_on,
    editions.is_one_of_a_day,
    editions.place_in_day,
    true as is_edition
from first_editions
inner join short_editions as editions
    on
        first_editions.series = editions.series
        and first_editions.flow = editions.flow
        and first_editions.period_type = editions.period_type
        and first_editions.period_starts_on = editions.period_starts_on
        and first_editions.period_ends_on = editions.period_ends_on
        and first_editions.release_id = editions.release_id
anti join prints
    on editions.source_id = prints.source_id and first_editions.figure_id = prints.figure_id
where first_editions.edition < (editions.edition_ends_on, editions.published_on)
