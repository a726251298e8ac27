{# One row at most counts on any day, for each value of some columns. #}
{% test stretches_do_not_overlap(model, columns) %}
with following as (

    select
        *,
        lead(valid_from) over (partition by {{ columns | join(', ') }} order by valid_from) as next_valid_from
    from {{ model }}

)

select * from following
where valid_from >= valid_to or valid_to > next_valid_from or (valid_to is null and next_valid_from is not null)
{% endtest %}
