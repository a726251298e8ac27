-- Every figure that a file of the services detail prints, under its item code.
with observations as (

    select * from {{ ref('stg_trade_in_services') }}

),

files as (

    select * from {{ ref('int_release_files') }}

),

labels as (

    select * from {{ ref('ebops_item_labels') }}

)

select
    'services' as series,
    labels.item_code as code,
    {{ flow_of('observations.flow_label') }} as flow,
    observations.period_type,
    observations.period_starts_on,
    observations.period_ends_on,
    observations.release_id,
    'published' as basis,
    files.via,
    observations.file_sha256,
    observations.row_key,
    observations.sheet,
    observations.cell,
    files.source_address as source_url,
    observations.value,
    observations.unit,
    observations.value_as_printed,
    observations.decimals,
    observations.status,
    files.published_on,
    files.published_on_is,
    files.first_seen_at,
    files.latest_period_ends_on as edition_ends_on,
    observations.period_ends_on = files.latest_period_ends_on as is_first_print
from observations
inner join files on observations.file_sha256 = files.file_sha256
inner join labels on observations.row_key = labels.row_key
where observations.value is not null
