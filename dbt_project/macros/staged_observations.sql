{# What every staging view of a release file does: words into the field's terms, nothing dropped. #}
{% macro staged_observations(release_id) -%}
    select
        '{{ release_id }}' as release_id,
        file_sha256,
        sheet,
        cell,
        row_number,
        row_label,
        row_key,
        column_label,
        lower(flow_label) as flow_label,
        case
            when lower(unit_label) like '%thousand%' then 'thousand US$'
            when lower(unit_label) like '%million%' then 'million US$'
            when lower(unit_label) like '%pkr%' then 'PKR'
        end as unit,
        period_type,
        period_starts_on,
        period_ends_on,
        case status_mark when 'P' then 'provisional' when 'R' then 'revised' else 'not_stated' end as status,
        value,
        value_as_printed,
        decimals
    from {{ source('raw', release_id) }}
{%- endmacro %}
