{# For each item and period of a file, as landed: net = credit - debit. N/A counts as nothing. #}
{% test net_is_credit_less_debit(model, tolerance) %}
with sides as (

    select
        file_sha256,
        row_key,
        column_label,
        sum(case flow_label when 'credit' then value when 'debit' then -value end) as credit_less_debit,
        any_value(value) filter (flow_label = 'net') as net
    from {{ model }}
    group by file_sha256, row_key, column_label

)

select * from sides
where abs(net - credit_less_debit) > {{ tolerance }}
{% endtest %}
