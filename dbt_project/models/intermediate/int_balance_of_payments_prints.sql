-- Every figure that a file of the balance-of-payments summary prints, under its line code.
with observations as (

    select * from {{ ref('stg_balance_of_payments_summary') }}

),

files as (

    select * from {{ ref('int_release_files') }}

),

lines as (

    select * from {{ ref('balance_of_payments_lines') }}
    where not is_memorandum

)

select
    'balance_of_payments' as series,
    lines.line_code as code,
    'amount' as flow,
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
inner join lines on observations.row_key = lines.row_key
where observations.value is not null
