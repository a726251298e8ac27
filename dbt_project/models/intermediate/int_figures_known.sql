-- What is known of each figure: the vintage that counts, and the last file that repeats it.
with standing as (

    select
        *,
        [
            each for each in confirmations if struct_extract(each, 'valid_from') <= {{ day() }}
        ][-1] as last_confirmation
    from {{ ref('int_figures_selected') }}
    where {{ stood() }}

)

select
    series,
    code,
    flow,
    period_type,
    period,
    period_starts_on,
    period_ends_on,
    amount_unit,
    amount,
    rounding,
    release_id,
    struct_extract(last_confirmation, 'source_id') as source_id,
    struct_extract(last_confirmation, 'status') as status,
    basis,
    vintage_id,
    published_on,
    first_published_amount,
    is_superseded,
    is_across_vintages
from standing
