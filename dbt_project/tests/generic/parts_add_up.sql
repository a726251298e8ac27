{# In each file and period, as landed: a figure is the sum of its parts (or, of weight -1, is less by
   them), wherever the file prints all of them. The labels seed says which part belongs to what. #}
{% test parts_add_up(model, seed, tolerance) %}
with labels as (

    select * from {{ ref(seed) }}

),

all_parts as (

    select
        parent_code,
        count(distinct code) as parts
    from labels
    where parent_code is not null
    group by parent_code

),

figures as (

    select
        printed.file_sha256,
        printed.period_type,
        printed.period_ends_on,
        labels.code,
        labels.parent_code,
        labels.weight,
        printed.value
    from {{ model }} as printed
    inner join labels on printed.row_key = labels.row_key
    where printed.value is not null

),

added_up as (

    select
        file_sha256,
        period_type,
        period_ends_on,
        parent_code,
        sum(weight * value) as sum_of_parts,
        count(*) as parts
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
    added_up.sum_of_parts
from figures as wholes
inner join added_up
    on
        wholes.file_sha256 = added_up.file_sha256
        and wholes.period_type = added_up.period_type
        and wholes.period_ends_on = added_up.period_ends_on
        and wholes.code = added_up.parent_code
inner join all_parts on added_up.parent_code = all_parts.parent_code and added_up.parts = all_parts.parts
where abs(wholes.value - added_up.sum_of_parts) > {{ tolerance }}
{% endtest %}
