{# Every vintage id that a statement lists is one of `vintages`, and it lists each that its numbers carry. #}
{% test numbers_have_vintages(model) %}

with listed as (

    select
        month,
        statement,
        unnest(vintage_ids) as vintage_id
    from {{ model }}

),

carried as (

    select
        month,
        statement,
        unnest(numbers, recursive := true)
    from {{ model }}

)

select
    month,
    statement,
    vintage_id
from listed
where vintage_id not in (select vintage_id from {{ ref('vintages') }})
union all
select
    month,
    statement,
    vintage_id
from carried
where
    vintage_id is not null
    and (month, statement, vintage_id) not in (select (month, statement, vintage_id) from listed)

{% endtest %}
