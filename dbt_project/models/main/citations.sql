{% set flows = ['exports', 'imports'] -%}

with figures as (

    {% for flow in flows %}
    select
        month,
        item_code,
        item_name,
        '{{ flow }}' as flow,
        {{ flow }}_usd_mn as usd_mn,
        {{ flow }}_vintage_id as vintage_id
    from {{ ref('services_monthly') }}
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

vintages as (

    select * from {{ ref('vintages') }}

),

files as (

    select * from {{ ref('dim_release_file') }}

),

releases as (

    select * from {{ ref('dim_release') }}

)

select
    figures.month,
    figures.item_code,
    figures.item_name,
    figures.flow,
    figures.usd_mn,
    vintages.value_as_printed,
    vintages.unit,
    releases.title as release_title,
    files.original_name,
    vintages.sheet,
    vintages.cell,
    coalesce(vintages.source_url, files.source_address) as source_url,
    vintages.published_on
from figures
inner join vintages on figures.vintage_id = vintages.vintage_id
inner join releases on vintages.release_id = releases.release_id
left join files
    on vintages.release_id = files.release_id and vintages.file_sha256 = files.file_sha256
