-- Figures that an edition leaves out, though it prints their period and an earlier one printed them. Only
-- periods of which the editions do not all print the same figures are looked at figure by figure: of a
-- thousand editions that agree, none. Whether they do is told by the sum of the figures' numbers.
with prints as (

    select
        {{ period_of_series_id() }} as period_id,
        figure_id,
        period_ends_on,
        release_id,
        source_id,
        published_on,
        valid_from,
        edition_ends_on,
        is_one_of_a_day,
        place_in_day
    from {{ ref('int_observations_unioned') }}
    where is_edition

),

editions as (

    select
        period_id,
        source_id,
        any_value(period_ends_on) as period_ends_on,
        any_value(release_id) as release_id,
        any_value(published_on) as published_on,
        any_value(valid_from) as valid_from,
        any_value(edition_ends_on) as edition_ends_on,
        any_value(is_one_of_a_day) as is_one_of_a_day,
        any_value(place_in_day) as place_in_day,
        sum(figure_id) as figures
    from prints
    group by period_id, source_id

),

periods_apart as (

    select
        period_id,
        release_id
    from editions
    group by period_id, release_id
    having min(figures) <> max(figures)

),

editions_apart as (

    select editions.*
    from editions
    semi join periods_apart
        on editions.period_id = periods_apart.period_id and editions.release_id = periods_apart.release_id

),

first_editions as (

    select
        prints.period_id,
        prints.release_id,
        prints.figure_id,
        min((prints.edition_ends_on, prints.published_on)) as edition
    from prints
    semi join periods_apart
        on prints.period_id = periods_apart.period_id and prints.release_id = periods_apart.release_id
    group by all

)

select
    first_editions.figure_id,
    editions.period_ends_on,
    editions.release_id,
    editions.source_id,
    editions.published_on,
    editions.valid_from,
    editions.edition_ends_on,
    editions.is_one_of_a_day,
    editions.place_in_day,
    true as is_edition
from first_editions
inner join editions_apart as editions
    on first_editions.period_id = editions.period_id and first_editions.release_id = editions.release_id
anti join prints
    on editions.source_id = prints.source_id and first_editions.figure_id = prints.figure_id
where first_editions.edition < (editions.edition_ends_on, editions.published_on)
