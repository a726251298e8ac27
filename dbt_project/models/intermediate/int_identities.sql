-- The accounting identities that hold inside one edition, term by term: a subject is the sum of its terms.
-- The subject is a term with the sign turned, so that all signed terms of an identity add up to nothing.
with items as (

    select * from {{ ref('ebops_items') }}

),

lines as (

    select * from {{ ref('balance_of_payments_identities') }}

),

flows as (

    select unnest(['exports', 'imports', 'balance']) as flow

),

terms as (

    select
        'net_is_credit_less_debit' as check_name,
        'services' as series,
        item_code as code,
        'balance' as flow,
        item_code as term_code,
        unnest(['exports', 'imports']) as term_flow,
        unnest([1, -1]) as sign
    from items
    union all by name
    select
        'item_is_sum_of_its_parts' as check_name,
        'services' as series,
        items.parent_item_code as code,
        flows.flow,
        items.item_code as term_code,
        flows.flow as term_flow,
        1 as sign
    from items
    cross join flows
    where items.parent_item_code is not null
    union all by name
    select
        'line_is_sum_of_its_parts' as check_name,
        'balance_of_payments' as series,
        line_code as code,
        'amount' as flow,
        term_code,
        'amount' as term_flow,
        sign
    from lines

),

subjects as (

    select distinct
        check_name,
        series,
        code,
        flow
    from terms

)

select
    *,
    false as is_subject
from terms
union all by name
select
    *,
    code as term_code,
    flow as term_flow,
    -1 as sign,
    true as is_subject
from subjects
