{# What may be said of a month's IT exports: a list of statements in the order of a release note. `topic` is the
   paragraph, `is_in_brief` whether it belongs into a short note, `template` the sentence with the names of its
   numbers (macros/headline_numbers.sql) in braces, null where it is not true of the month. A sentence that
   names a number that is not known is not said. All are expressions over `figures` in the mart `headlines`.

   A record counts the months of two years before: where one of them is not known, the sentence says so. #}
{% macro headline_statements() -%}
[
    {
        'statement': 'level', 'topic': 'month', 'is_in_brief': true,
        'template':
            'Pakistan''s IT exports (telecommunications, computer and information services) came to {exports} US$ in '
            || month_words
            || case
                when exports_basis = 'derived' then ' (derived from cumulative figures)'
                when exports_status = 'provisional' then ' (provisional)'
                else ''
            end
            || case
                when exports_mom_pct is null then ''
                else ', ' || {{ moved('exports_mom_pct', 'exports_mom') }}
                    || ' from {exports_month_before} in ' || month_before_words
            end
            || case
                when exports_yoy_pct is null then ''
                else case when exports_mom_pct is null then ', ' else ' and ' end
                    || {{ moved('exports_yoy_pct', 'exports_yoy') }}
                    || ' from {exports_year_before} in ' || year_before_words
            end
            || '.'
    },
    {
        'statement': 'record', 'topic': 'month', 'is_in_brief': true,
        'template': case
            when is_record
                then month_words || ' was a record month for IT exports, above the {previous_record} US$ of '
                    || record_words || '.'
            when is_equal_to_record
                then month_words || ' equalled the record of {previous_record} US$, of ' || record_words || '.'
            when is_highest_known
                then month_words || ' was a record among the months known, above the {previous_record} US$ of '
                    || record_words || '; {months_not_known} '
                    || case when months_known_before = 23 then 'month' else 'months' end
                    || ' of the two years before ' || case when months_known_before = 23 then 'is' else 'are' end
                    || ' not known.'
        end
    },
    {
        'statement': 'threshold', 'topic': 'month', 'is_in_brief': true,
        'template': case
            when is_record then month_words || ' was the first month with IT exports above {threshold} US$.'
            when is_highest_known
                then month_words || ' was the first month known with IT exports above {threshold} US$.'
        end
    },
    {
        'statement': 'rank', 'topic': 'month', 'is_in_brief': true,
        'template': case
            when months_known_before = 24 and exports_rank_so_far between 2 and 3
                then month_words || ' was the {rank}-highest month for IT exports up to then; the record was'
                    || ' {previous_record} US$, of ' || record_words || '.'
        end
    },
    {
        'statement': 'highest_since', 'topic': 'month', 'is_in_brief': true,
        'template': case
            when exports_rank_so_far > 3 and exports_highest_since_month <= month - interval 6 month
                then month_words || ', at {exports} US$, was the highest month for IT exports since '
                    || strftime(exports_highest_since_month, '%B %Y') || '.'
        end
    },
    {
        'statement': 'lowest_since', 'topic': 'month', 'is_in_brief': true,
        'template': case
            when exports_lowest_since_month <= month - interval 6 month
                then month_words || ', at {exports} US$, was the lowest month for IT exports since '
                    || strftime(exports_lowest_since_month, '%B %Y') || '.'
        end
    },
    {
        'statement': 'streak', 'topic': 'month', 'is_in_brief': true,
        'template': case
            when exports_yoy_streak_months < 3 then null
            when exports_yoy_streak_is_cut_by_gap
                then month_words || ' was at least the {streak} month in a row in which IT exports grew on the year.'
            else
                month_words || ' was the {streak} month in a row in which IT exports grew on the year, since '
                || strftime(exports_yoy_streak_began_month, '%B %Y') || '.'
        end
    },
    {
        'statement': 'average_12m', 'topic': 'month', 'is_in_brief': true,
        'template':
            'IT exports of ' || month_words || ' were '
            || {{ above_or_below('exports_vs_prior_12m_average_pct', 'above_average_12m') }}
            || ' the average of the twelve months before ({average_12m} US$).'
    },
    {
        'statement': 'average_6m', 'topic': 'month', 'is_in_brief': false,
        'template':
            'IT exports of ' || month_words || ' were '
            || case when exports_usd_mn >= exports_6m_average_usd_mn then 'above' else 'below' end
            || ' the average of the six months before ({average_6m} US$).'
    },
    {
        'statement': 'per_working_day', 'topic': 'month', 'is_in_brief': false,
        'template':
            'IT exports came to {per_working_day} US$ a working day in ' || month_words
            || case when working_days_is_estimated then ' (about ' else ' (' end || '{working_days} working days)'
            || coalesce(', ' || {{ moved('exports_per_working_day_yoy_pct', 'per_working_day_yoy') }} || ' on the year', '')
            || '.'
    },
    {
        'statement': 'twelve_months', 'topic': 'month', 'is_in_brief': false,
        'template':
            'In the twelve months to ' || month_words || ' IT exports came to {exports_12m} US$'
            || coalesce(', ' || {{ moved('exports_12m_yoy_pct', 'exports_12m_yoy') }} || ' on the twelve before', '') || '.'
    },
    {
        'statement': 'five_years', 'topic': 'month', 'is_in_brief': false,
        'template':
            'Five years before, in ' || strftime(month - interval 5 year, '%B %Y')
            || ', IT exports were {exports_five_years_before} US$: since then they have '
            || case when exports_5y_cagr_pct >= 0 then 'grown' else 'fallen' end || ' by {exports_5y_cagr} a year.'
    },
    {
        'statement': 'rupees', 'topic': 'month', 'is_in_brief': false,
        'template':
            'In rupees, at the month''s average rate, IT exports of ' || month_words || ' came to {exports_pkr}'
            || coalesce(', ' || {{ moved('exports_pkr_yoy_pct', 'exports_pkr_yoy') }} || ' on the year', '') || '.'
    },
    {
        'statement': 'fiscal_year_to_date', 'topic': 'fiscal_year', 'is_in_brief': true,
        'template': case
            when month(month) <> 7
                then fytd_words || ' IT exports came to {fytd} US$'
                    || coalesce(
                        ', ' || {{ moved('exports_fytd_yoy_pct', 'fytd_yoy') }}
                        || case when round(abs(exports_fytd_yoy_pct), 1) > 0 then ' ({fytd_change})' else '' end
                        || ' from {fytd_year_before} a year before', ''
                    )
                    || '.'
        end
    },
    {
        'statement': 'target', 'topic': 'fiscal_year', 'is_in_brief': true,
        'template': case
            when target_said_on > last_day(month) then null
            when month(month) = 6
                then 'That is ' || case when target_gap_usd_mn > 0 then '{target_gap} short of' else '{target_gap} above' end
                    || ' the target of {target} US$ for ' || fiscal_year || '.'
            when target_gap_usd_mn > 0
                then 'With that, the target of {target} US$ for ' || fiscal_year || ' required {target_average} US$ a'
                    || ' month in the rest of the year, against {fytd_average} a month so far.'
            when target_gap_usd_mn <= 0
                then 'With that, IT exports of ' || fiscal_year || ' had reached the year''s target of {target} US$.'
        end
    },
    {
        'statement': 'projection', 'topic': 'fiscal_year', 'is_in_brief': false,
        'template': case
            when month(month) not in (6, 7)
                then 'At the pace of the year so far (' || {{ moved('exports_fytd_yoy_pct', 'fytd_yoy') }}
                    || '), ' || fiscal_year || ' would end at {projected} US$.'
        end
    },
    {
        'statement': 'far_target', 'topic': 'fiscal_year', 'is_in_brief': false,
        'template':
            'The target of {far_target} US$ for ' || far_target_fiscal_year
            || ' needs growth of {far_target_cagr} a year from ' || {{ fiscal_year('month - interval 1 year') }} || ' on.'
    },
    {
        'statement': 'share', 'topic': 'services', 'is_in_brief': true,
        'template':
            'IT services were ' || case when exports_share_of_services_pct between 46 and 49.95 then 'nearly half ({share})' else '{share}' end
            || ' of all services exports ({services_exports} US$) in ' || month_words || '.'
    },
    {
        'statement': 'fiscal_year_to_date_share', 'topic': 'services', 'is_in_brief': false,
        'template': case
            when month(month) <> 7 then fytd_words || ' IT services were {fytd_share} of all services exports.'
        end
    },
    {
        'statement': 'goods_and_services_share', 'topic': 'services', 'is_in_brief': false,
        'template': 'IT services were {goods_and_services_share} of all exports of goods and services in ' || month_words || '.'
    },
    {
        'statement': 'net_exports', 'topic': 'services', 'is_in_brief': true,
        'template': case
            when net_exports_usd_mn > 0
                then 'After imports of {imports}, net IT exports were {net_exports} US$ in ' || month_words || ' ({net_exports_share} of exports)'
                    || coalesce(', ' || {{ moved('net_exports_mom_pct', 'net_exports_mom') }} || ' on the month', '')
                    || case
                        when net_exports_yoy_pct is null then ''
                        else case when net_exports_mom_pct is null then ', ' else ' and ' end
                            || {{ moved('net_exports_yoy_pct', 'net_exports_yoy') }} || ' on the year'
                    end
                    || '.'
        end
    },
    {
        'statement': 'largest_surplus', 'topic': 'services', 'is_in_brief': true,
        'template': case
            when is_largest_surplus
                then 'IT services had the largest surplus of the twelve services in ' || month_words
                    || case
                        when runner_up_balance_usd_mn > 0
                            then ', ahead of ' || lower(runner_up_item_name[1]) || runner_up_item_name[2:] || ' ({runner_up} US$)'
                        else ''
                    end
                    || '.'
        end
    },
    {
        'statement': 'net_exports_12m', 'topic': 'services', 'is_in_brief': false,
        'template': case
            when net_exports_12m_usd_mn > 0
                then 'In the twelve months to ' || month_words || ' net IT exports came to {net_exports_12m} US$'
                    || coalesce(', ' || {{ moved('net_exports_12m_yoy_pct', 'net_exports_12m_yoy') }} || ' on the twelve before', '')
                    || '.'
        end
    },
    {
        'statement': 'goods_deficit', 'topic': 'services', 'is_in_brief': false,
        'template': case
            when net_exports_usd_mn > 0
                then 'Net IT exports offset {goods_deficit_offset} of the deficit in goods of ' || month_words || '.'
        end
    },
    {
        'statement': 'services_balance', 'topic': 'services', 'is_in_brief': true,
        'template':
            'Imports of all services were {services_imports} US$ in ' || month_words || ': a '
            || case when services_balance_usd_mn < 0 then 'deficit' else 'surplus' end
            || ' in services of {services_balance}'
            || case
                when services_balance_base_usd_mn < 0
                    then ', against a deficit of {services_balance_year_before} a year before'
                when services_balance_base_usd_mn >= 0
                    then ', against a surplus of {services_balance_year_before} a year before'
                else ''
            end
            || '.'
    },
    {
        'statement': 'newer_services', 'topic': 'services', 'is_in_brief': true,
        'template': 'A newer print puts all services exports of ' || month_words || ' at {newer_services_exports} US$.'
    },
    {
        'statement': 'segments', 'topic': 'parts', 'is_in_brief': true,
        'template':
            'In ' || month_words || ' computer services made up {computer_share} of IT exports ({computer} US$), telecommunications'
            || ' {telecommunications_share} ({telecommunications}) and information services {information_share}'
            || ' ({information}).'
    },
    {% for segment in ['computer', 'telecommunications', 'information'] %}
    {
        'statement': '{{ segment }}', 'topic': 'parts', 'is_in_brief': false,
        'template':
            'Exports of {{ segment }}{{ '' if segment == 'telecommunications' else ' services' }} came to {{ '{' ~ segment ~ '}' }} US$ in ' || month_words
            || coalesce(', ' || {{ moved(segment ~ '_mom_pct', segment ~ '_mom') }} || ' on the month', '')
            || case
                when {{ segment }}_yoy_pct is null then ''
                else case when {{ segment }}_mom_pct is null then ', ' else ' and ' end
                    || {{ moved(segment ~ '_yoy_pct', segment ~ '_yoy') }} || ' on the year'
            end
            || '.'
    },
    {% endfor %}
    {
        'statement': 'freelancers', 'topic': 'parts', 'is_in_brief': true,
        'template':
            'Freelancers in computer and information services earned {freelance} US$ in ' || month_words
            || ', {freelance_share} of IT exports'
            || coalesce(', ' || {{ moved('freelance_yoy_pct', 'freelance_yoy') }} || ' on the year', '') || '.'
    },
    {
        'statement': 'first_print', 'topic': 'revision', 'is_in_brief': true,
        'template': case
            when is_revised
                then 'IT exports of ' || month_words || ' were first published as {first_published} US$ and have since'
                    || ' been revised ' || case when exports_usd_mn > exports_first_published_usd_mn then 'up' else 'down' end
                    || ' by {revision} ({revision_share}).'
        end
    },
    {
        'statement': 'newer_print', 'topic': 'revision', 'is_in_brief': true,
        'template': 'A newer print puts IT exports of ' || month_words || ' at {newer_exports} US$.'
    }
]
{%- endmacro %}
