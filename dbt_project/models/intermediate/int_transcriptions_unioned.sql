-- Every figure that stands in for a file of SBP's that is gone, with the link of its print. Where the
-- figure is known to come from a cell, that is said too; the file itself is not in the archive.
with prints as (

    select * from {{ ref('stg_transcribed_prints') }}

),

cells as (

    select * from {{ ref('stg_transcribed_services_cells') }}

),

labels as (

    select * from {{ ref('ebops_item_labels') }}

),

easydata as (

    select * from {{ ref('stg_transcribed_easydata_balance_of_payments') }}

),

figures as (

    select
        'services' as series,
        item_code as code,
        flow,
        'month' as period_type,
        month as period_starts_on,
        last_day(month) as period_ends_on,
        release_id,
        source_url,
        value_usd_mn::double as value,
        'million US$' as unit,
        value_as_printed,
        decimals,
        'not_stated' as status,
        published_on,
        published_on_is,
        is_first_print
    from prints

    union all by name

    select
        'services' as series,
        labels.item_code as code,
        {{ flow_of('cells.flow_label') }} as flow,
        cells.period_type,
        cells.period_starts_on,
        cells.period_ends_on,
        cells.release_id,
        regexp_extract(cells.row_key, '^[0-9.]*[0-9]') as printed_code,
        cells.sheet,
        cells.cell,
        cells.source_url,
        cells.value,
        cells.unit,
        cells.value::varchar as value_as_printed,
        cells.decimals,
        cells.status,
        cells.published_on,
        cells.published_on_is,
        cells.period_ends_on = max(cells.period_ends_on) over () as is_first_print
    from cells
    inner join labels on cells.row_key = labels.row_key

    union all by name

    select
        'balance_of_payments' as series,
        line_code as code,
        'amount' as flow,
        'month' as period_type,
        month as period_starts_on,
        last_day(month) as period_ends_on,
        release_id,
        source_url,
        value_usd_mn::double as value,
        'million US$' as unit,
        value_usd_mn::integer::varchar as value_as_printed,
        0 as decimals,
        'not_stated' as status,
        published_on,
        published_on_is,
        is_first_print
    from easydata

)

select
    *,
    {{ source_id(['release_id', 'source_url', 'published_on', 'published_on_is']) }} as source_id
from figures
