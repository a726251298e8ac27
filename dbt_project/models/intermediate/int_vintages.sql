-- A vintage is one distinct value that one source gave for one series and period, once per change: a
-- print that repeats the value before it only confirms it. Vintages of a source are in the order of the
-- latest period of their edition, then of publication, so an old file found today is an old vintage.
with prints as (

    select * from {{ ref('int_vintages_deduplicated') }}
    where {{ was_out() }}

),

marked as (

    select
        *,
        coalesce(lead(is_change) over by_edition, true) as is_last_of_vintage
    from prints
    window by_edition as (partition by figure_id, release_id order by edition_ends_on, published_on)

),

-- The first print of each vintage and its last, one after the other, or one print that is both.
firsts_and_lasts as (

    select *
    from marked
    where is_change or is_last_of_vintage

),

followed as (

    select
        *,
        case when is_last_of_vintage then published_on else lead(published_on) over by_edition end
            as last_confirmed_on,
        case when is_last_of_vintage then status else lead(status) over by_edition end as last_status,
        case when is_last_of_vintage then source_id else lead(source_id) over by_edition end
            as last_source_id,
        case
            when is_last_of_vintage then lead(valid_from) over by_edition
            else lead(valid_from, 2) over by_edition
        end as valid_to,
        case
            when is_last_of_vintage then lead(amount) over by_edition else lead(amount, 2) over by_edition
        end as next_amount
    from firsts_and_lasts
    window by_edition as (partition by figure_id, release_id order by edition_ends_on, published_on)

)

select
    figure_id,
    period_ends_on,
    release_id,
    source_id,
    published_on,
    edition_ends_on,
    amount,
    rounding,
    status,
    is_first_print,
    is_break,
    valid_from,
    valid_to,
    valid_to is not null and next_amount is null as is_withdrawn,
    last_confirmed_on,
    last_status,
    last_source_id
from followed
where is_change and amount is not null
