{% set year = fiscal_year_starts_on('this.month') -%}
{% set year_of_other = fiscal_year_starts_on('other.month') -%}

{# Which months a number of several months is made of: of `other` months up to `this` one. #}
{% set spans = {
    'grown': 'other.month >= this.exports_yoy_streak_began_month',
    'prior_6m': "other.month between this.month - interval 6 month and this.month - interval 1 month",
    'prior_12m': "other.month between this.month - interval 12 month and this.month - interval 1 month",
    'last_12m': "other.month >= this.month - interval 11 month",
    'last_12m_base': "other.month between this.month - interval 23 month and this.month - interval 12 month",
    'year_so_far': year_of_other ~ ' = ' ~ year,
    'year_before_so_far': "other.month between " ~ year ~ " - interval 1 year and this.month - interval 1 year",
    'fiscal_year_before': year_of_other ~ ' = ' ~ year ~ ' - interval 1 year',
} -%}

with exports as (

    select
        *,
        case
            when net_exports_vintage_id is null then [exports_vintage_id, imports_vintage_id]
            else [net_exports_vintage_id]
        end as net_ids
    from {{ ref('it_exports_monthly') }}

),

services as (

    select
        *,
        case
            when balance_vintage_id is null then [exports_vintage_id, imports_vintage_id]
        end as computed_balance_ids
    from {{ ref('services_monthly') }}

),

services_to_date as (

    select * from {{ ref('services_fiscal_year_to_date') }}
    where item_code = 'S'

),

targets as (

    select * from {{ ref('it_export_targets') }}

),

prints as (

    select
        *,
        period_starts_on as month
    from {{ ref('vintages') }}
    where series = 'services' and code in ('9', 'S') and flow = 'exports' and period_type = 'month'

),

-- Vintage ids of what a number of several months was computed from: two years of months, or a streak.
inputs as (

    select
        this.month as to_month,
        {% for name, is_in in spans.items() %}
        coalesce(list(other.exports_vintage_id) filter ({{ is_in }}), []) as {{ name }}_ids,
        {% endfor %}
        coalesce(
            list(other.exports_yoy_base_vintage_id) filter ({{ spans['grown'] }}), []
        ) as grown_base_ids,
        {% for name in ['last_12m', 'last_12m_base'] %}
        coalesce(flatten(list(other.net_ids) filter ({{ spans[name] }})), []) as net_{{ name }}_ids,
        {% endfor %}
        {% for name, interval in {'month_before': '1 month', 'year_before': '1 year'}.items() %}
        coalesce(flatten(list(other.net_ids) filter (other.month = this.month - interval {{ interval }})), [])
            as net_{{ name }}_ids,
        {% for part in ['telecommunications', 'computer', 'information', 'freelance'] %}
        any_value(other.{{ part }}_vintage_id) filter (other.month = this.month - interval {{ interval }})
            as {{ part }}_{{ name }}_id,
        {% endfor %}
        {% endfor %}
        any_value(other.usd_pkr_vintage_id) filter (other.month = this.month - interval 1 year)
            as usd_pkr_base_id,
        any_value(five_years_before.exports_usd_mn) as five_years_before_usd_mn
    from exports as this
    inner join exports as other
        on
            this.month >= other.month
            and other.month >= least(this.month - interval 24 month, this.exports_yoy_streak_began_month)
    left join exports as five_years_before on this.month = five_years_before.month + interval 5 year
    group by this.month

),

services_inputs as (

    select
        this.month,
        list(other.exports_vintage_id) as fytd_ids
    from services as this
    inner join services as other
        on
            this.item_code = other.item_code
            and this.fiscal_year = other.fiscal_year
            and this.month >= other.month
    where this.item_code = 'S'
    group by this.month

),

-- What is printed newer than the figure that counts and differs from it, and how a month was first printed.
-- Of two prints of one day the finer counts, and of two as fine always the same one.
newer as (

    select
        used.code,
        used.month,
        max_by(other.vintage_id, (other.last_confirmed_on, -other.rounding_usd_mn, other.vintage_id))
            as vintage_id,
        max_by(other.value_usd_mn, (other.last_confirmed_on, -other.rounding_usd_mn, other.vintage_id))
            as exports_usd_mn
    from services
    inner join prints as used on services.exports_vintage_id = used.vintage_id
    inner join prints as other on used.code = other.code and used.month = other.month
    where
        services.exports_is_superseded
        and other.valid_to is null
        and other.last_confirmed_on > used.last_confirmed_on
        and abs(other.value_usd_mn - used.value_usd_mn)
        > greatest(other.rounding_usd_mn, used.rounding_usd_mn)
    group by used.code, used.month

),

first_prints as (

    select
        month,
        value_usd_mn,
        min_by(vintage_id, (published_on, rounding_usd_mn, vintage_id)) as vintage_id,
        min_by(rounding_usd_mn, (published_on, rounding_usd_mn, vintage_id)) as rounding_usd_mn
    from prints
    where code = '9' and is_first_print
    group by month, value_usd_mn

),

figures as (

    select
        this.*,
        inputs.*,
        inputs.grown_ids || inputs.grown_base_ids as streak_ids,
        case
            when this.exports_fytd_vintage_id is null then inputs.year_so_far_ids
            else [this.exports_fytd_vintage_id]
        end as fytd_ids,
        case
            when this.exports_fytd_base_vintage_id is null then inputs.year_before_so_far_ids
            else [this.exports_fytd_base_vintage_id]
        end as fytd_base_ids,
        case
            when services_to_date.exports_vintage_id is null then services_inputs.fytd_ids
            else [services_to_date.exports_vintage_id]
        end as services_fytd_ids,
        total.imports_usd_mn as services_imports_usd_mn,
        total.imports_vintage_id as services_imports_vintage_id,
        total.balance_usd_mn as services_balance_usd_mn,
        total.balance_vintage_id as services_balance_vintage_id,
        total_year_before.balance_usd_mn as services_balance_base_usd_mn,
        total_year_before.balance_vintage_id as services_balance_base_vintage_id,
        total_year_before.computed_balance_ids as services_balance_base_ids,
        runner_up.balance_vintage_id as runner_up_balance_vintage_id,
        runner_up.computed_balance_ids as runner_up_ids,
        newer_services.exports_usd_mn as newer_services_exports_usd_mn,
        newer_services.vintage_id as newer_services_exports_vintage_id,
        newer_exports.exports_usd_mn as newer_exports_usd_mn,
        newer_exports.vintage_id as newer_exports_vintage_id,
        first_prints.vintage_id as first_print_vintage_id,
        abs(this.exports_usd_mn - this.exports_first_published_usd_mn)
        > greatest(this.exports_rounding_usd_mn, first_prints.rounding_usd_mn) as is_revised,
        targets.said_on as target_said_on,
        this.months_known_before = 24
        and this.exports_rank_so_far = 1
        and not this.is_record as is_equal_to_record,
        this.is_record is null
        and this.months_known_before >= 12
        and this.exports_usd_mn > this.previous_record_usd_mn as is_highest_known,
        strftime(this.month, '%B %Y') as month_words,
        strftime(this.month - interval 1 month, '%B')
        || case month(this.month) when 1 then strftime(this.month - interval 1 month, ' %Y') else '' end
            as month_before_words,
        strftime(this.month - interval 1 year, '%B %Y') as year_before_words,
        strftime(this.previous_record_month, '%B %Y') as record_words,
        'In ' || case month(this.month)
            when 9 then 'the first quarter of ' || this.fiscal_year
            when 12 then 'the first half of ' || this.fiscal_year
            when 6 then this.fiscal_year
            else this.fiscal_year || ' so far'
        end
        || case
            when month(this.month) > 6 then ' (July to ' else strftime({{ year }}, ' (July %Y to ')
        end
        || strftime(this.month, '%B %Y)') as fytd_words
    from exports as this
    inner join inputs on this.month = inputs.to_month
    left join services as total on this.month = total.month and total.item_code = 'S'
    left join services as total_year_before
        on this.month = total_year_before.month + interval 1 year and total_year_before.item_code = 'S'
    left join services as runner_up
        on this.month = runner_up.month and this.runner_up_item_code = runner_up.item_code
    left join services_to_date on this.month = services_to_date.through_month
    left join services_inputs on this.month = services_inputs.month
    left join newer as newer_services on this.month = newer_services.month and newer_services.code = 'S'
    left join newer as newer_exports on this.month = newer_exports.month and newer_exports.code = '9'
    left join first_prints
        on
            this.month = first_prints.month
            and this.exports_first_published_usd_mn = first_prints.value_usd_mn
    left join targets on this.fiscal_year = targets.fiscal_year

),

listed as (

    select
        month,
        fiscal_year,
        {{ headline_statements() }} as statements,
        [
            {% for name, value, unit, said_as, vintage_id, inputs in headline_numbers() %}
            {
                'name': '{{ name }}',
                'value': ({{ value }})::decimal(18, 6),
                'unit': '{{ unit }}',
                'said_as': '{{ said_as }}',
                'vintage_id': {{ vintage_id or 'null::varchar' }},
                'inputs': {{ inputs or '[]::varchar[]' }}
            }{{ ',' if not loop.last }}
            {% endfor %}
        ] as numbers
    from figures

),

statement_rows as (

    select
        month,
        fiscal_year,
        generate_subscripts(statements, 1) as sort_order,
        unnest(statements) as statement_row
    from listed

),

statements as (

    select
        statement_rows.month,
        statement_rows.fiscal_year,
        statement_rows.sort_order,
        statement_rows.statement_row.statement,
        statement_rows.statement_row.topic,
        statement_rows.statement_row.is_in_brief,
        statement_rows.statement_row.template
    from statement_rows

),

number_rows as (

    select
        month,
        unnest(numbers) as number_row
    from listed

),

unsaid as (

    select
        number_rows.month,
        number_rows.number_row.name,
        number_rows.number_row.value,
        number_rows.number_row.unit,
        number_rows.number_row.said_as,
        number_rows.number_row.vintage_id,
        number_rows.number_row.inputs
    from number_rows

),

numbers as (

    select
        *,
        case said_as
            when 'usd_mn' then {{ format_usd_mn('value') }}
            when 'usd_mn_a_day' then {{ format_usd_mn_a_day('value') }}
            when 'pkr_mn' then {{ format_pkr_mn('value') }}
            when 'change_pct' then {{ format_change_pct('value') }}
            when 'share_pct' then {{ format_share_pct('value') }}
            when 'rank' then {{ format_rank('value') }}
            when 'count' then {{ format_count('value') }}
        end as said
    from unsaid

),

-- A sentence in pieces: what stands before the first number, then each number with what follows it.
split as (

    select
        month,
        statement,
        unnest(string_split(template, '{')) as piece,
        generate_subscripts(string_split(template, '{'), 1) as place
    from statements

),

-- The name of each number by itself: a join on an expression of two columns compares every piece with every
-- number.
pieces as (

    select
        *,
        case when place > 1 then split_part(piece, '}', 1) end as name
    from split

),

told as (

    select
        pieces.month,
        pieces.statement,
        string_agg(
            case
                when pieces.place = 1 then pieces.piece
                else numbers.said || split_part(pieces.piece, '}', 2)
            end,
            '' order by pieces.place
        ) as sentence,
        list({
            'name': numbers.name,
            'value': numbers.value,
            'unit': numbers.unit,
            'vintage_id': numbers.vintage_id
        } order by pieces.place) filter (pieces.place > 1) as numbers,
        list_sort(list_distinct(flatten(list(
            list_append(numbers.inputs, numbers.vintage_id)
        ) filter (pieces.place > 1)))) as vintage_ids
    from pieces
    left join numbers on pieces.month = numbers.month and pieces.name = numbers.name
    group by pieces.month, pieces.statement
    having count(numbers.said) = count(*) filter (pieces.place > 1)

)

select
    statements.month,
    statements.fiscal_year,
    statements.statement,
    statements.topic,
    (10 * statements.sort_order)::integer as sort_order,
    statements.is_in_brief,
    told.sentence,
    told.numbers,
    told.vintage_ids
from statements
inner join told on statements.month = told.month and statements.statement = told.statement
order by statements.month, statements.sort_order
