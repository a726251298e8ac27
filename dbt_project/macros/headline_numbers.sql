{# The numbers that headlines may hold: name, value, unit, its format (macros/format_numbers.sql), the vintage id of a
   number that was printed, and the vintage ids (a list) of what any other was computed from, or of what a
   printed one is compared with. All are expressions over the columns of `figures` in the mart `headlines`. #}
{% macro headline_numbers() -%}
    {% set numbers = [
        ('exports', 'exports_usd_mn', 'million US$', 'usd_mn', 'exports_vintage_id', none),
        (
            'exports_month_before', 'exports_usd_mn - exports_mom_change_usd_mn', 'million US$', 'usd_mn',
            'exports_mom_base_vintage_id', none,
        ),
        (
            'exports_year_before', 'exports_usd_mn - exports_yoy_change_usd_mn', 'million US$', 'usd_mn',
            'exports_yoy_base_vintage_id', none,
        ),
        (
            'exports_mom', 'exports_mom_pct', '%', 'change_pct',
            none, '[exports_vintage_id, exports_mom_base_vintage_id]',
        ),
        (
            'exports_yoy', 'exports_yoy_pct', '%', 'change_pct',
            none, '[exports_vintage_id, exports_yoy_base_vintage_id]',
        ),
        (
            'previous_record', 'previous_record_usd_mn', 'million US$', 'usd_mn',
            'previous_record_vintage_id', '[exports_vintage_id]',
        ),
        ('months_not_known', '24 - months_known_before', 'months', 'count', none, '[exports_vintage_id]'),
        (
            'threshold', 'threshold_first_crossed_usd_mn', 'million US$', 'usd_mn', none,
            '[exports_vintage_id, previous_record_vintage_id]',
        ),
        (
            'rank', 'exports_rank_so_far', 'rank', 'rank', none,
            '[exports_vintage_id, previous_record_vintage_id]',
        ),
        ('streak', 'exports_yoy_streak_months', 'months', 'rank', none, 'streak_ids'),
        ('average_12m', 'exports_prior_12m_average_usd_mn', 'million US$', 'usd_mn', none, 'prior_12m_ids'),
        (
            'above_average_12m', 'exports_vs_prior_12m_average_pct', '%', 'change_pct', none,
            'list_append(prior_12m_ids, exports_vintage_id)',
        ),
        ('average_6m', 'exports_6m_average_usd_mn', 'million US$', 'usd_mn', none, 'prior_6m_ids'),
        (
            'per_working_day', 'exports_per_working_day_usd_mn', 'million US$', 'usd_mn_a_day',
            none, '[exports_vintage_id]',
        ),
        (
            'per_working_day_yoy', 'exports_per_working_day_yoy_pct', '%', 'change_pct', none,
            '[exports_vintage_id, exports_yoy_base_vintage_id]',
        ),
        ('working_days', 'working_days', 'days', 'count', none, none),
        ('fytd', 'exports_fytd_usd_mn', 'million US$', 'usd_mn', 'exports_fytd_vintage_id', 'fytd_ids'),
        (
            'fytd_year_before', 'exports_fytd_usd_mn - exports_fytd_change_usd_mn', 'million US$', 'usd_mn',
            'exports_fytd_base_vintage_id', 'fytd_base_ids',
        ),
        (
            'fytd_change', 'exports_fytd_change_usd_mn', 'million US$', 'usd_mn',
            none, 'fytd_ids || fytd_base_ids',
        ),
        ('fytd_yoy', 'exports_fytd_yoy_pct', '%', 'change_pct', none, 'fytd_ids || fytd_base_ids'),
        ('fytd_average', 'exports_fytd_monthly_average_usd_mn', 'million US$', 'usd_mn', none, 'fytd_ids'),
        ('target', 'target_usd_mn', 'million US$', 'usd_mn', none, none),
        ('target_gap', 'target_gap_usd_mn', 'million US$', 'usd_mn', none, 'fytd_ids'),
        ('target_average', 'target_required_monthly_average_usd_mn', 'million US$', 'usd_mn', none, 'fytd_ids'),
        (
            'projected', 'projected_fiscal_year_usd_mn', 'million US$', 'usd_mn', none,
            'fytd_ids || fytd_base_ids || [exports_fiscal_year_before_vintage_id] || fiscal_year_before_ids',
        ),
        ('far_target', 'far_target_usd_mn', 'million US$', 'usd_mn', none, none),
        (
            'far_target_cagr', 'far_target_required_cagr_pct', '%', 'change_pct', none,
            '[exports_fiscal_year_before_vintage_id] || fiscal_year_before_ids',
        ),
        ('exports_12m', 'exports_12m_usd_mn', 'million US$', 'usd_mn', none, 'last_12m_ids'),
        (
            'exports_12m_yoy', 'exports_12m_yoy_pct', '%', 'change_pct',
            none, 'last_12m_ids || last_12m_base_ids',
        ),
        (
            'exports_five_years_before', 'five_years_before_usd_mn', 'million US$', 'usd_mn',
            'exports_5y_base_vintage_id', none,
        ),
        (
            'exports_5y_cagr', 'exports_5y_cagr_pct', '%', 'change_pct', none,
            '[exports_vintage_id, exports_5y_base_vintage_id]',
        ),
        (
            'exports_pkr', 'exports_pkr_mn', 'million PKR', 'pkr_mn',
            none, '[exports_vintage_id, usd_pkr_vintage_id]',
        ),
        (
            'exports_pkr_yoy', 'exports_pkr_yoy_pct', '%', 'change_pct', none,
            '[exports_vintage_id, usd_pkr_vintage_id, exports_yoy_base_vintage_id, usd_pkr_base_id]',
        ),
        (
            'services_exports', 'services_exports_usd_mn', 'million US$', 'usd_mn',
            'services_exports_vintage_id', none,
        ),
        (
            'services_imports', 'services_imports_usd_mn', 'million US$', 'usd_mn',
            'services_imports_vintage_id', none,
        ),
        (
            'services_balance', 'services_balance_usd_mn', 'million US$', 'usd_mn', 'services_balance_vintage_id',
            '[services_exports_vintage_id, services_imports_vintage_id]',
        ),
        (
            'services_balance_year_before', 'services_balance_base_usd_mn', 'million US$', 'usd_mn',
            'services_balance_base_vintage_id', 'services_balance_base_ids',
        ),
        (
            'newer_services_exports', 'newer_services_exports_usd_mn', 'million US$', 'usd_mn',
            'newer_services_exports_vintage_id', none,
        ),
        ('newer_exports', 'newer_exports_usd_mn', 'million US$', 'usd_mn', 'newer_exports_vintage_id', none),
        (
            'share', 'exports_share_of_services_pct', '%', 'share_pct', none,
            '[exports_vintage_id, services_exports_vintage_id]',
        ),
        (
            'fytd_share', 'exports_fytd_share_of_services_pct', '%', 'share_pct', none,
            'fytd_ids || services_fytd_ids',
        ),
        (
            'goods_and_services_share', 'exports_share_of_goods_and_services_pct', '%', 'share_pct', none,
            '[exports_vintage_id, services_exports_vintage_id, goods_exports_vintage_id]',
        ),
        ('imports', 'imports_usd_mn', 'million US$', 'usd_mn', 'imports_vintage_id', none),
        ('net_exports', 'net_exports_usd_mn', 'million US$', 'usd_mn', 'net_exports_vintage_id', 'net_ids'),
        (
            'net_exports_share', 'net_exports_of_exports_pct', '%', 'share_pct',
            none, 'list_append(net_ids, exports_vintage_id)',
        ),
        ('net_exports_mom', 'net_exports_mom_pct', '%', 'change_pct', none, 'net_ids || net_month_before_ids'),
        ('net_exports_yoy', 'net_exports_yoy_pct', '%', 'change_pct', none, 'net_ids || net_year_before_ids'),
        ('net_exports_12m', 'net_exports_12m_usd_mn', 'million US$', 'usd_mn', none, 'net_last_12m_ids'),
        (
            'net_exports_12m_yoy', 'net_exports_12m_yoy_pct', '%', 'change_pct', none,
            'net_last_12m_ids || net_last_12m_base_ids',
        ),
        (
            'runner_up', 'runner_up_balance_usd_mn', 'million US$', 'usd_mn',
            'runner_up_balance_vintage_id', 'runner_up_ids',
        ),
        (
            'goods_deficit_offset', 'net_exports_of_goods_deficit_pct', '%', 'share_pct', none,
            'net_ids || [goods_exports_vintage_id, goods_imports_vintage_id]',
        ),
        ('freelance', 'freelance_usd_mn', 'million US$', 'usd_mn', 'freelance_vintage_id', none),
        (
            'freelance_share', 'freelance_share_pct', '%', 'share_pct',
            none, '[freelance_vintage_id, exports_vintage_id]',
        ),
        (
            'freelance_yoy', 'freelance_yoy_pct', '%', 'change_pct',
            none, '[freelance_vintage_id, freelance_year_before_id]',
        ),
        (
            'first_published', 'exports_first_published_usd_mn', 'million US$', 'usd_mn',
            'first_print_vintage_id', none,
        ),
        (
            'revision', 'exports_usd_mn - exports_first_published_usd_mn', 'million US$', 'usd_mn', none,
            '[exports_vintage_id, first_print_vintage_id]',
        ),
        (
            'revision_share', pct_change('exports_usd_mn', 'exports_first_published_usd_mn'), '%', 'change_pct', none,
            '[exports_vintage_id, first_print_vintage_id]',
        ),
    ] %}
    {% for segment in ['telecommunications', 'computer', 'information'] %}
        {% do numbers.extend([
            (segment, segment ~ '_usd_mn', 'million US$', 'usd_mn', segment ~ '_vintage_id', none),
            (
                segment ~ '_share', segment ~ '_share_pct', '%', 'share_pct', none,
                '[' ~ segment ~ '_vintage_id, exports_vintage_id]',
            ),
            (
                segment ~ '_mom', segment ~ '_mom_pct', '%', 'change_pct', none,
                '[' ~ segment ~ '_vintage_id, ' ~ segment ~ '_month_before_id]',
            ),
            (
                segment ~ '_yoy', segment ~ '_yoy_pct', '%', 'change_pct', none,
                '[' ~ segment ~ '_vintage_id, ' ~ segment ~ '_year_before_id]',
            ),
        ]) %}
    {% endfor %}
    {{ return(numbers) }}
{%- endmacro %}
