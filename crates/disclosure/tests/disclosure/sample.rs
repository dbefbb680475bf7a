//! Settled results for tests and for looking at: the two hospitals worked by hand in the payment notes, and a made-up
//! region of any size. The made-up region draws its costs with floating point; nothing of it is a real price.

#![allow(dead_code, clippy::unwrap_used, clippy::float_arithmetic, reason = "test data, not shipped code")]

use yibao_kernel::explain::{Citation, Rule, RuleBook, RuleId, Writer};
use yibao_kernel::{Day, Decimal, Fen, Window, allocate};
use yibao_payment::settled::{
    Bilingual, CaseOutcome, Cases, ClearingRow, Explanations, HeaderView, InstitutionView, MonthRow, Named, Outcomes,
    PoolRow, Refusal, Route, Settled,
};
use yibao_record::column::Column;
use yibao_record::stays::{GroupStatus, Stays, Symbol, Symbols};

/// A whole run as the pages get it.
pub struct Run {
    pub settled: Settled,
    pub stays: Stays,
    reasons: Vec<Vec<u8>>,
    pub symbols: Symbols,
}

pub fn bilingual(zh: &str, en: &str) -> Bilingual {
    Bilingual { zh: zh.to_owned(), en: en.to_owned() }
}

pub fn yuan(text: &str) -> Fen {
    Fen::parse_yuan(text.as_bytes()).unwrap()
}

fn named(id: &str, zh: &str, en: &str) -> Named {
    Named { id: id.to_owned(), title: bilingual(zh, en) }
}

fn empty(zh: &str, en: &str) -> Settled {
    Settled {
        year: 2025,
        period: "2025".to_owned(),
        window: Window::year(2025).unwrap(),
        pack: HeaderView {
            id: "e2e-points".to_owned(),
            title: bilingual("住院 DRG 点数法示例", "Inpatient DRG points, an example"),
            region: bilingual(zh, en),
            trust: "fictional".to_owned(),
            currency: "CNY".to_owned(),
            illustrative: true,
        },
        institutions: Vec::new(),
        insurances: vec![named("310", "职工", "employee")],
        districts: vec![named("all", "全区", "all")],
        methods: vec![named("drg_points", "DRG 点数", "DRG points")],
        method_kinds: vec![("cost".to_owned(), "points".to_owned())],
        cases: Cases::default(),
        rows: Vec::new(),
        monthly: Vec::new(),
        pools: Vec::new(),
        feeds: Vec::new(),
        sources: Vec::new(),
        inner: Vec::new(),
        capitation: vec![None],
        identity: Vec::new(),
        entries: Default::default(),
        accounts: Vec::new(),
        refused: Vec::new(),
        not_selected: 0,
        book: RuleBook::default(),
    }
}

pub fn institution(id: &str, name: &str, level: &str) -> InstitutionView {
    InstitutionView { id: id.to_owned(), name: name.to_owned(), level: level.to_owned(), district: "all".to_owned() }
}

/// What a stay brings to the sample.
pub struct Stay<'a> {
    pub id: &'a str,
    pub institution: &'a str,
    pub group: &'a str,
    pub discharge: Day,
    pub cost: Fen,
    pub fund: Fen,
}

impl Run {
    pub fn push(&mut self, stay: &Stay<'_>, outcome: CaseOutcome, row: u32, paid: Fen) {
        let stays = &mut self.stays;
        stays.case_id.push(stay.id);
        stays.source_row.push(stays.source_row.len() as u64 + 2);
        stays.person.push(Symbol::NONE);
        stays.institution.push(self.symbols.intern(stay.institution));
        stays.insurance.push(self.symbols.intern("310"));
        stays.district.push(self.symbols.intern("all"));
        stays.admission.push(None);
        stays.discharge.push(stay.discharge);
        stays.los_days.push(5);
        stays.age_years.push(None);
        stays.sex.push(0);
        stays.cost.push(stay.cost);
        stays.fund.push(stay.fund);
        stays.patient.push(stay.cost.checked_sub(stay.fund).unwrap());
        stays.group.push(self.symbols.intern(stay.group));
        stays.adrg.push(Symbol::NONE);
        stays.mdc.push(Symbol::NONE);
        stays.group_status.push(GroupStatus::Grouped);
        stays.discharge_status.push(Symbol::NONE);
        stays.dept.push(Symbol::NONE);
        stays.incomplete.push(false);
        stays.special.push(Symbol::NONE);
        let cases = &mut self.settled.cases;
        cases.outcome.push(outcome);
        cases.row.push(row);
        cases.paid.push(paid);
        self.reasons.push(Vec::new());
        self.keep_reasons();
    }

    fn keep_reasons(&mut self) {
        let mut all = Explanations::default();
        self.reasons.iter().for_each(|one| all.push(one).unwrap());
        self.settled.cases.explanations = all;
    }

    /// Puts other bytes in the place of all reasons.
    pub fn damage_reasons(&mut self) {
        self.reasons.iter_mut().flatten().for_each(|byte| *byte = 0xff);
        self.keep_reasons();
    }

    /// The reasons of the case pushed last.
    pub fn reasons(&mut self, steps: &[(RuleId, Vec<Decimal>)]) {
        let mut writer = Writer::new(self.reasons.last_mut().unwrap());
        for (rule, values) in steps {
            writer.step(*rule);
            for value in values {
                writer.decimal(*value);
            }
        }
        self.keep_reasons();
    }
}

fn rules(book: &mut RuleBook) -> [RuleId; 3] {
    let source = Citation {
        document: "示例市医保发〔2025〕1号".to_owned(),
        article: Some("八".to_owned()),
        quote: Some("倍率在0.4以上0.8以下的".to_owned()),
        trust: "fictional".to_owned(),
        ..Citation::default()
    };
    let rule = |id: &str, zh: &str, en: &str| Rule {
        id: id.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        source: Some(source.clone()),
    };
    [
        rule("base-points", "基准点数 {0}", "base points {0}"),
        rule("outlier-band", "费用为病组均费的 {0} 倍，系数 {1}", "cost is {0} times the group mean, factor {1}"),
        rule("points", "机构系数 {0}，病例点数 {1}", "hospital coefficient {0}, case points {1}"),
    ]
    .map(|rule| book.add(rule).unwrap())
}

/// The two hospitals of the payment notes, section 7.1, as settled by hand.
pub fn points_region() -> Run {
    let mut run = Run {
        settled: empty("示例区", "Sample region"),
        stays: Stays::default(),
        symbols: Symbols::default(),
        reasons: Vec::new(),
    };
    let ids = rules(&mut run.settled.book);
    run.settled.institutions =
        vec![institution("H1", "第一医院", "tertiary"), institution("H2", "第二医院", "secondary")];
    // cost, points, what the clearing gives (points × price − patient, largest remainder inside the hospital)
    let cases = [
        ("H1", "G1", "4800", 640_000, Route::Outlier, 800_000, "6188.76"),
        ("H1", "G1", "9000", 800_000, Route::Group, 1_000_000, "6835.94"),
        ("H1", "G2", "21000", 2_200_000, Route::Group, 1_000_000, "19923.85"),
        ("H1", "G2", "90000", 5_500_000, Route::Outlier, 2_500_000, "38559.63"),
        ("H2", "G1", "7000", 800_000, Route::Group, 1_000_000, "7435.94"),
        ("H2", "G2", "18000", 1_800_000, Route::Group, 1_000_000, "16055.88"),
    ];
    for (at, (hospital, group, cost, points, route, factor, paid)) in cases.into_iter().enumerate() {
        let (base_points, mean) = if group == "G1" { (800_000, "8000") } else { (2_000_000, "20000") };
        let coefficient = match (group, hospital) {
            ("G1", _) => 10_000,
            (_, "H1") => 11_000,
            _ => 9_000,
        };
        let cost = yuan(cost);
        let fund = Fen::new(cost.get() * 7 / 10);
        let paid = yuan(paid);
        let outcome = CaseOutcome {
            route,
            base_points,
            mean_fen: yuan(mean).get(),
            coefficient,
            factor,
            points,
            standard: paid.checked_add(cost.checked_sub(fund).unwrap()).unwrap(),
            ..CaseOutcome::default()
        };
        let discharge = Day::new(2025, at as u8 + 1, 15).unwrap();
        let id = format!("C{}", at + 1);
        run.push(
            &Stay { id: &id, institution: hospital, group, discharge, cost, fund },
            outcome,
            u32::from(hospital == "H2"),
            paid,
        );
        run.reasons(&[
            (ids[0], vec![Decimal::new(base_points, 4)]),
            (ids[2], vec![Decimal::new(coefficient, 4), Decimal::new(points, 4)]),
        ]);
    }
    let row = |institution, cases, units, amounts: [&str; 6]| {
        let [accounted, patient, cleared, shared, prepaid, due] = amounts.map(yuan);
        ClearingRow {
            institution,
            period: "2025".to_owned(),
            cases,
            units,
            accounted,
            patient,
            cleared,
            shared,
            prepaid,
            due,
            ..ClearingRow::default()
        }
    };
    run.settled.rows = vec![
        row(0, 4, 9_140_000, ["87360.00", "37440.00", "71508.18", "5000.00", "74256.00", "2252.18"]),
        row(1, 2, 2_600_000, ["17500.00", "7500.00", "23491.82", "0.00", "14875.00", "8616.82"]),
    ];
    run.settled.monthly = vec![
        MonthRow {
            row: 0,
            period: "2025-01".to_owned(),
            cases: 1,
            units: 640_000,
            accounted: yuan("3360"),
            patient: yuan("1440"),
            prepaid: yuan("2856"),
        },
        MonthRow {
            row: 1,
            period: "2025-05".to_owned(),
            cases: 1,
            units: 800_000,
            accounted: yuan("4900"),
            patient: yuan("2100"),
            prepaid: yuan("4165"),
        },
    ];
    run.settled.pools = vec![PoolRow {
        id: "inpatient".to_owned(),
        budget: yuan("100000"),
        reserve_in: yuan("5000"),
        reserve_out: yuan("5000"),
        distributable: yuan("95000"),
        cleared: yuan("95000"),
        borne_by: "reserve".to_owned(),
        price: Some(Decimal::new(119_199_319, 6)),
        units: 11_740_000,
        ..PoolRow::default()
    }];
    run.settled.refused = vec![Refusal {
        source: 0,
        source_row: 9,
        case_id: "C7".to_owned(),
        code: "unknown_institution".to_owned(),
        reason: bilingual("机构 H9 不在机构表中", "institution H9 is not in the table"),
    }];
    run.settled.not_selected = 3;
    run
}

/// A sequence of numbers that looks random and is always the same.
struct Draw(u64);

impl Draw {
    fn share(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1u64 << 53) as f64
    }

    /// About normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.share()).sum::<f64>() - 6.0
    }
}

/// A made-up region: points in the `cost` basis, costs around group means, a soft low band and a high band.
pub fn region(institutions: usize, groups: usize, cases: usize) -> Run {
    let mut run = Run {
        settled: empty("示例市", "Sample City"),
        stays: Stays::default(),
        symbols: Symbols::default(),
        reasons: Vec::new(),
    };
    let ids = rules(&mut run.settled.book);
    let mut draw = Draw(20_250_101);
    let means: Vec<f64> = (0..groups).map(|_| 9_000.0 * (draw.normal() * 0.75).exp()).collect();
    let codes: Vec<String> = (0..groups)
        .map(|at| {
            format!(
                "{}{}{}{}",
                char::from(b'A' + (at * 7 % 26) as u8),
                char::from(b'A' + (at % 19) as u8),
                1 + at % 9,
                1 + 2 * (at % 3)
            )
        })
        .collect();
    let names = [
        "第一人民医院",
        "第二人民医院",
        "中心医院",
        "中医院",
        "妇幼保健院",
        "骨科医院",
        "第三人民医院",
        "仁济医院",
        "康复医院",
        "肿瘤医院",
    ];
    let towns = ["", "城东区", "城西区", "新港区", "南山县", "北湖县"];
    for at in 0..institutions {
        let level = ["tertiary", "secondary", "secondary", "primary"][at % 4];
        let name = format!("{}{}", towns[at / names.len() % towns.len()], names[at % names.len()]);
        let name = if at < names.len() * towns.len() { name } else { format!("{name}{at}") };
        run.settled.institutions.push(institution(&format!("H{:05}", at + 1), &name, level));
    }
    let mut row_cases = vec![0u64; institutions];
    for at in 0..cases {
        let institution = ((draw.share().powi(2)) * institutions as f64) as usize;
        let level = institution % 4;
        let group = ((draw.share().powi(2) * groups as f64) as usize * 13 + level * 5) % groups;
        let style = 1.0 + ((institution * 37 % 19) as f64 - 9.0) / 60.0;
        let cost_yuan = means[group] * style * (draw.normal() * 0.55 - 0.1).exp();
        let cost = Fen::new((cost_yuan * 100.0) as i64 + 100);
        let fund = Fen::new(cost.get() * (66 + (institution % 9) as i64) / 100);
        let base_points = (means[group] / 12_000.0 * 1_000_000.0) as i64;
        let ratio = cost_yuan / means[group];
        let coefficient = [10_600, 9_900, 9_600, 9_000][level];
        let (route, factor) = match ratio {
            _ if at % 997 == 5 => (Route::SpecialReview, 0),
            _ if at % 211 == 7 => (Route::Items, 0),
            _ if ratio < 0.4 => (Route::Outlier, (ratio * 1e6) as i64),
            _ if ratio < 0.8 && ratio > 0.7 && at % 2 == 0 => (Route::Outlier, ((ratio + 0.2) * 1e6) as i64),
            _ if ratio > 3.0 => (Route::Outlier, ((ratio - 2.0) * 1e6) as i64),
            _ => (Route::Group, 1_000_000),
        };
        let points = if factor == 0 {
            (cost.get() as f64 / 12_000.0 * 100.0) as i64 * 100 / 100
        } else {
            base_points * coefficient / 10_000 * factor / 1_000_000
        };
        let outcome = CaseOutcome {
            route,
            base_points,
            mean_fen: (means[group] * 100.0) as i64,
            coefficient,
            factor,
            points,
            ..CaseOutcome::default()
        };
        let (month, day) = ((at % 12) as u8 + 1, (at % 28) as u8 + 1);
        let id = format!("S{at:07}");
        let view_id = run.settled.institutions[institution].id.clone();
        row_cases[institution] += 1;
        run.push(
            &Stay {
                id: &id,
                institution: &view_id,
                group: &codes[group],
                discharge: Day::new(2025, month, day).unwrap(),
                cost,
                fund,
            },
            outcome,
            institution as u32,
            Fen::ZERO,
        );
        run.reasons(&[
            (ids[0], vec![Decimal::new(base_points, 4)]),
            (ids[1], vec![Decimal::new((ratio * 1e4) as i64, 4), Decimal::new(factor / 100, 4)]),
            (ids[2], vec![Decimal::new(coefficient, 4), Decimal::new(points, 4)]),
        ]);
    }
    clear(&mut run, &row_cases);
    for at in 0..cases / 150 {
        let (code, zh, en) = match at % 3 {
            0 => ("no_weight", "病组 KS15 在 2025 年无公布权重", "group KS15 has no published weight in 2025"),
            1 => ("negative_amount", "费用为负数", "the cost is negative"),
            _ => ("unknown_institution", "机构不在机构表中", "the institution is not in the table"),
        };
        run.settled.refused.push(Refusal {
            source: 0,
            source_row: at as u64 * 151 + 3,
            case_id: format!("R{at:06}"),
            code: code.to_owned(),
            reason: bilingual(zh, en),
        });
    }
    run.settled.not_selected = 1_234;
    run
}

/// Splits a budget over the stays by points, as the settlement does.
fn clear(run: &mut Run, row_cases: &[u64]) {
    let (settled, stays) = (&mut run.settled, &run.stays);
    let total = |amounts: &Column<Fen>| amounts.iter().map(|amount| amount.get()).sum::<i64>();
    let (fund, patient) = (total(&stays.fund), total(&stays.patient));
    let budget = fund / 100 * 99;
    let deducted = budget / 50;
    let reserve = budget / 40;
    let distributable = budget - deducted - reserve;
    let points: Vec<i128> = settled.cases.outcome.iter().map(|outcome| i128::from(outcome.points)).collect();
    let rank: Vec<u32> = (0..points.len() as u32).collect();
    let shares = allocate::largest_remainder(Fen::new(distributable + patient), &points, &rank).unwrap();
    let mut rows: Vec<ClearingRow> = (0..settled.institutions.len() as u32)
        .map(|institution| ClearingRow { institution, period: "2025".to_owned(), ..ClearingRow::default() })
        .collect();
    let mut priced = Outcomes::default();
    let mut months = vec![[(0u64, 0i128, 0i64, 0i64); 12]; rows.len()];
    for (at, share) in shares.into_iter().enumerate() {
        let paid = share.checked_sub(stays.patient.values()[at]).unwrap();
        let outcome = CaseOutcome { standard: share, ..settled.cases.outcome.get(at).unwrap() };
        settled.cases.paid[at] = paid;
        priced.push(outcome);
        let row = &mut rows[settled.cases.row[at] as usize];
        row.units += i128::from(outcome.points);
        row.accounted = row.accounted.checked_add(stays.fund.values()[at]).unwrap();
        row.patient = row.patient.checked_add(stays.patient.values()[at]).unwrap();
        row.cleared = row.cleared.checked_add(paid).unwrap();
        let month = &mut months[settled.cases.row[at] as usize][usize::from(stays.discharge.values()[at].month()) - 1];
        *month = (
            month.0 + 1,
            month.1 + i128::from(outcome.points),
            month.2 + stays.fund.values()[at].get(),
            month.3 + stays.patient.values()[at].get(),
        );
    }
    settled.cases.outcome = priced;
    for (at, row) in rows.iter_mut().enumerate() {
        row.cases = row_cases[at];
        for (number, (cases, units, accounted, patient)) in months[at].into_iter().enumerate() {
            let prepaid = Fen::new(accounted * 85 / 100);
            row.prepaid = row.prepaid.checked_add(prepaid).unwrap();
            settled.monthly.push(MonthRow {
                row: at as u32,
                period: format!("2025-{:02}", number + 1),
                cases,
                units,
                accounted: Fen::new(accounted),
                patient: Fen::new(patient),
                prepaid,
            });
        }
        row.assessed = Fen::new(-row.cleared.get() / 200 * (at as i64 % 3));
        row.withheld = Fen::new(row.cleared.get() / 100 * (at as i64 % 2));
        let over = row.accounted.get() - row.cleared.get();
        row.shared = Fen::new((over / 2).clamp(0, row.cleared.get().abs() / 30));
        row.share_wanted = Fen::new((over / 2).max(0));
        row.due = Fen::new(
            row.cleared.get() + row.assessed.get() + row.shared.get() - row.withheld.get() - row.prepaid.get(),
        );
    }
    let units: i128 = points.iter().sum();
    let price = i64::try_from(i128::from(distributable + patient) * 100_000_000 / units).unwrap_or(0);
    settled.pools = vec![PoolRow {
        id: "inpatient".to_owned(),
        budget: Fen::new(budget),
        deducted: Fen::new(deducted),
        reserve_in: Fen::new(reserve),
        reserve_out: Fen::new(rows.iter().map(|row| row.shared.get()).sum::<i64>().min(reserve)),
        distributable: Fen::new(distributable),
        cleared: Fen::new(distributable),
        borne_by: "next_year".to_owned(),
        price: Some(Decimal::new(price, 6)),
        units,
        ..PoolRow::default()
    }];
    settled.rows = rows;
}
