{#
    What every staging view of a release file does: words into the field's terms, nothing dropped.

    `codes` is the seed that gives each row key its code (in column `code`); `flow`, `is_memorandum` and
    `is_of` (which row of the seed an observation is of) are expressions over `observations` and `codes`. A figure of money is in thousand or million US$, a rate in
    PKR per unit of a currency; any other unit stays as printed.
#}
{% macro staged_observations(
    release_id,
    series,
    codes,
    code,
    flow="'amount'",
    is_memorandum='false',
    is_of='observations.row_key = codes.row_key'
) -%}
    with observations as (

        select * from {{ source('raw', release_id) }}

    ),

    codes as (

        select * from {{ ref(codes) }}

    )

    select
        '{{ release_id }}' as release_id,
        '{{ series }}' as series,
        codes.{{ code }} as code,
        {{ flow }} as flow,
        observations.file_sha256,
        observations.sheet,
        observations.cell,
        observations.row_number,
        observations.row_label,
        observations.row_key,
        regexp_extract(observations.row_key, '^[0-9.]*[0-9]') as printed_code,
        observations.column_label,
        lower(observations.flow_label) as flow_label,
        case
            when observations.unit_label ilike '%thousand us%' then 'thousand US$'
            when observations.unit_label ilike '%million us%' then 'million US$'
            when observations.unit_label ilike '%pkr%' then 'PKR'
            when observations.unit_label ilike '%rupees per currency unit%' then 'PKR'
            else observations.unit_label
        end as unit,
        observations.period_type,
        observations.period_starts_on,
        observations.period_ends_on,
        case observations.status_mark
            when 'P' then 'provisional' when 'R' then 'revised' else 'not_stated'
        end as status,
        observations.value,
        observations.value_as_printed,
        observations.decimals,
        {{ is_memorandum }} as is_memorandum
    from observations
    left join codes on {{ is_of }}
{%- endmacro %}
