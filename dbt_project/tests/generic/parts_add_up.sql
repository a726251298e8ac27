{# In each file and period, as landed: a figure is the sum of its parts (or, of weight -1, is less by
   them), wherever the file prints all. The labels seed says which part belongs to what. #}
{% test parts_add_up(model, seed, tolerance) %}
with figures as (

    select
        printed.file_sha256,
        printed.period_type,
        printed.period_ends_on,
        labels.code,
        labels.parent_code,
        labels.weight,
        printed.value
    from {{ model }} as printed
    inner join {{ ref(seed) }} as labels on printed.row_key = labels.row_key

),

parts as (

    select
        file_sha256,
        period_type,
        period_ends_on,
        parent_code,
        sum(weight * value) as sum_of_parts,
        count_if(value is null) as parts_unknown
    from figures
    where parent_code is not null
    group by file_sha256, period_type, period_ends_on, parent_code

)

select
    wholes.file_sha256,
    wholes.period_type,
    wholes.period_ends_on,
    wholes.code,
    wholes.value,
    parts.sum_of_parts
from figures as wholes
inner join parts
    on
        wholes.file_sha256 = parts.file_sha256
        and wholes.period_type = parts.period_type
        and wholes.period_ends_on = parts.period_ends_on
        and wholes.code = parts.parent_code
where parts.parts_unknown = 0 and abs(wholes.value - parts.sum_of_parts) > {{ tolerance }}
{% endtest %}
