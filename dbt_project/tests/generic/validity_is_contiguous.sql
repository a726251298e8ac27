{# The vintages that one source gave for one figure follow each other: each ends where the next begins. #}
{% test validity_is_contiguous(model) %}
with following as (

    select
        *,
        lead(valid_from) over (
            partition by series, code, period_type, period, flow, release_id
            order by valid_from, valid_to nulls last
        ) as next_valid_from
    from {{ model }}

)

select * from following
where valid_to is distinct from next_valid_from or valid_to < valid_from
{% endtest %}
