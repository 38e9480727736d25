//! The mistakes that are known to give a wrong count, each as the rule that it is: the plan, or the definition of one
//! table, with the mistake in it. What a mistake counts is worked out from the data, never written down.

use crate::domain::plan::ColumnPair;
use crate::domain::{Duplicates, JoinRule, Operation, Plan, Purpose, Reason, Recipe, Step, Table, TableDefinition};

/// A mistake, and the rule that it makes of the right one.
#[derive(Clone, Debug)]
pub struct Mistake {
    /// What it is called wherever it is named; stays the same from version to version.
    pub id: &'static str,
    /// What happened, as a sentence.
    pub what: &'static str,
    /// What to do about it, as a sentence.
    pub todo: &'static str,
    /// The rule with the mistake in it.
    pub rule: Rule,
}

/// What is made in place of the right tables.
#[derive(Clone, Debug)]
pub enum Rule {
    /// All tables, by another plan.
    Plan(Plan),
    /// One table, by another definition from the right tables.
    Definition(TableDefinition),
    /// A table that has every row of one table with every row of another.
    Product { made: Table, of: [Table; 2] },
}

/// The mistakes that can be made under a recipe.
pub fn mistakes(recipe: &Recipe) -> Vec<Mistake> {
    let mut mistakes = other_recipes(recipe);
    mistakes.extend(other_plans(recipe));
    let plan = Plan::new(recipe);
    for definition in &plan.tables {
        mistakes.extend(match definition.table {
            Table::AccelerometerTrusted => {
                vec![joined_not_filtered(definition, Table::CustomerTrusted, ("user", "email"))]
            }
            Table::CustomerCurated => not_deduplicated(definition),
            Table::StepTrainerTrusted => step_trainer(definition),
            Table::MachineLearningCurated => machine_learning(definition, recipe),
            Table::CustomerLanding
            | Table::AccelerometerLanding
            | Table::StepTrainerLanding
            | Table::CustomerTrusted => {
                vec![]
            }
        });
    }
    mistakes
}

/// The recipes that differ in the consent date, the join or both, and what is wrong then: another system that makes one
/// of the mistakes need not have these choices of the recipe at hand.
pub fn elsewhere(recipe: &Recipe) -> [(Recipe, Vec<Words>); 3] {
    let consent_date = !recipe.consent_date;
    let (join_words, join) = of_join(recipe.join);
    let date_words = of_consent_date(recipe.consent_date);
    [
        (Recipe { consent_date, ..recipe.clone() }, vec![date_words]),
        (Recipe { join, ..recipe.clone() }, vec![join_words]),
        (Recipe { consent_date, join, ..recipe.clone() }, vec![date_words, join_words]),
    ]
}

/// What is said of a mistake.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub id: &'static str,
    pub what: &'static str,
    pub todo: &'static str,
}

fn of_consent_date(is_asked_for: bool) -> Words {
    if is_asked_for {
        Words {
            id: "consent-date-ignored",
            what: "Readings from before the consent were kept.",
            todo: "Keep a motion only if its time stamp is at or after the date of its customer's consent.",
        }
    } else {
        Words {
            id: "consent-date-applied",
            what: "Readings from before the consent were left out.",
            todo: "Switch the consent date on in the recipe, or leave the condition on the time stamp out of the job.",
        }
    }
}

/// Also the join that was taken instead.
fn of_join(right: JoinRule) -> (Words, JoinRule) {
    match right {
        JoinRule::Timestamp => {
            let words = Words {
                id: "joined-by-owner",
                what: "Distances and motions were joined on the time stamp and the device's owner.",
                todo: "Switch the join to owner in the recipe, or join on the time stamp alone.",
            };
            (words, JoinRule::Owner)
        }
        JoinRule::Owner | JoinRule::InferredOwner | JoinRule::Nearest => {
            let words = Words {
                id: "joined-by-time-stamp",
                what: "Distances and motions were joined on the time stamp alone, which pairs strangers.",
                todo: "Join on the time stamp and the device's owner.",
            };
            (words, JoinRule::Timestamp)
        }
    }
}

/// The right rules with another choice.
fn other_recipes(recipe: &Recipe) -> Vec<Mistake> {
    let mut mistakes = vec![];
    let mut add = |id, what, todo, recipe: Recipe| {
        mistakes.push(Mistake { id, what, todo, rule: Rule::Plan(Plan::new(&recipe)) });
    };
    const TODO_PURPOSE: &str = "Filter by the consent column of the purpose that the recipe names.";
    for purpose in Purpose::ALL.into_iter().filter(|purpose| *purpose != recipe.purpose) {
        let (id, what) = match purpose {
            Purpose::Research => ("consent-of-research", "The consent to share with research was taken instead."),
            Purpose::Public => ("consent-of-public", "The consent to share with the public was taken instead."),
            Purpose::Friends => ("consent-of-friends", "The consent to share with friends was taken instead."),
        };
        add(id, what, TODO_PURPOSE, Recipe { purpose, ..recipe.clone() });
    }
    let Words { id, what, todo } = of_consent_date(recipe.consent_date);
    add(id, what, todo, Recipe { consent_date: !recipe.consent_date, ..recipe.clone() });
    let (id, what, todo, duplicates) = match recipe.duplicates {
        Duplicates::Keep => (
            "duplicates-dropped",
            "Rows that are equal in every column were taken once.",
            "Switch duplicates to drop in the recipe, or take DISTINCT out of the job.",
            Duplicates::Drop,
        ),
        Duplicates::Drop => (
            "duplicates-kept",
            "Rows that are equal in every column were all kept.",
            "Take each landing row once in the job (DISTINCT, dropDuplicates).",
            Duplicates::Keep,
        ),
    };
    add(id, what, todo, Recipe { duplicates, ..recipe.clone() });
    if !recipe.withdrawn.is_empty() {
        add(
            "withdrawals-ignored",
            "Customers who withdrew are still there.",
            "Leave out the customers of the list of withdrawals, and their readings.",
            Recipe { withdrawn: Default::default(), ..recipe.clone() },
        );
    }
    if recipe.as_of.is_some() {
        add(
            "as-of-ignored",
            "Consents given after the instant of the recipe counted too.",
            "Compare the consent's date with that instant, or take the instant out of the recipe.",
            Recipe { as_of: None, ..recipe.clone() },
        );
    }
    mistakes
}

/// The right choices with a wrong rule, which all later tables inherit.
fn other_plans(recipe: &Recipe) -> Vec<Mistake> {
    let plan = |change: &dyn Fn(&mut TableDefinition)| {
        let mut plan = Plan::new(recipe);
        plan.tables.iter_mut().for_each(change);
        Rule::Plan(plan)
    };
    let cut_at = |column: &'static str| {
        plan(&|definition| {
            if definition.table == Table::AccelerometerTrusted {
                definition.steps.retain(|step| step.reason != Reason::BeforeConsent);
                let operation = Operation::KeepMatching {
                    other: Table::CustomerTrusted,
                    on: vec![("user", "email")],
                    present: None,
                    not_before: Some(("timestamp", column)),
                };
                definition.steps.push(Step { operation, reason: Reason::BeforeConsent });
            }
        })
    };
    const TODO_CUT: &str =
        "Compare the time stamp with the date of the consent, where the recipe asks for a date at all.";
    vec![
        Mistake {
            id: "consent-not-filtered",
            what: "Customers without consent were kept.",
            todo: "Keep only customers whose consent is present: absent, null, blank and 0 all mean no.",
            rule: plan(&|definition| definition.steps.retain(|step| !is_about_consent(step.reason))),
        },
        Mistake {
            id: "cut-at-registration",
            what: "Readings were cut at the date of registration, not at that of the consent.",
            todo: TODO_CUT,
            rule: cut_at("registrationdate"),
        },
        Mistake {
            id: "cut-at-last-update",
            what: "Readings were cut at the date of the last update, not at that of the consent.",
            todo: TODO_CUT,
            rule: cut_at("lastupdatedate"),
        },
    ]
}

fn is_about_consent(reason: Reason) -> bool {
    matches!(reason, Reason::NoConsent | Reason::LaterConsent | Reason::BeforeConsent)
}

fn not_deduplicated(definition: &TableDefinition) -> Vec<Mistake> {
    let without_distinct = changed(definition, |steps| steps.retain(|step| step.operation != Operation::Distinct));
    let mut joined = without_distinct.clone();
    for step in &mut joined.steps {
        if let Operation::KeepMatching { other, on, .. } = &step.operation {
            step.operation = join(*other, on.clone());
        }
    }
    vec![
        Mistake {
            id: "not-deduplicated",
            what: "Customers were joined with their readings and not made unique again: one row a reading.",
            todo: "Take each customer once after the join (DISTINCT over the customer's columns, dropDuplicates).",
            rule: Rule::Definition(joined),
        },
        Mistake {
            id: "records-not-unique",
            what: "Customer records that were delivered more than once were kept as often.",
            todo: "Take each customer record once (DISTINCT, dropDuplicates).",
            rule: Rule::Definition(without_distinct),
        },
    ]
}

fn step_trainer(definition: &TableDefinition) -> Vec<Mistake> {
    let trusted = changed(definition, |steps| steps.retain(|step| step.reason != Reason::NoReadings));
    let product = |id, with| Mistake {
        id,
        what: "Every reading was paired with every customer: the join has no condition, or one that always holds.",
        todo: "Join on the serial number.",
        rule: Rule::Product { made: definition.table, of: [Table::StepTrainerLanding, with] },
    };
    vec![
        Mistake {
            id: "trusted-not-curated",
            what: "Readings were matched with customer_trusted instead of customer_curated.",
            todo: "Match the serial number with customer_curated.",
            rule: Rule::Definition(trusted),
        },
        joined_not_filtered(definition, Table::CustomerCurated, ("serialnumber", "serialnumber")),
        product("cartesian-product", Table::CustomerCurated),
        product("cartesian-product-trusted", Table::CustomerTrusted),
    ]
}

fn machine_learning(definition: &TableDefinition, recipe: &Recipe) -> Vec<Mistake> {
    let motion = |other: Table| {
        move |steps: &mut Vec<Step>| {
            for step in steps {
                if let Operation::Join { other: joined, .. } | Operation::JoinNearest { other: joined, .. } =
                    &mut step.operation
                    && *joined == Table::AccelerometerTrusted
                {
                    *joined = other;
                }
            }
        }
    };
    let distance = |definition: TableDefinition| TableDefinition { source: Table::StepTrainerLanding, ..definition };
    let accelerometer = changed(definition, motion(Table::AccelerometerLanding));
    let once = changed(definition, |steps| {
        if let Some(Step { operation, .. }) = steps.last_mut()
            && let Operation::Join { other, on, .. } = operation
        {
            *operation = Operation::KeepMatching { other: *other, on: on.clone(), present: None, not_before: None };
        }
    });
    let has_once = once != *definition;
    let (Words { id, what, todo }, rule) = of_join(recipe.join);
    const TODO_TRUSTED: &str = "Join step_trainer_trusted with accelerometer_trusted.";
    let mut mistakes = vec![
        Mistake {
            id: "step-trainer-landing",
            what: "step_trainer_landing was joined instead of step_trainer_trusted.",
            todo: TODO_TRUSTED,
            rule: Rule::Definition(distance(definition.clone())),
        },
        Mistake {
            id: "accelerometer-landing",
            what: "accelerometer_landing was joined instead of accelerometer_trusted.",
            todo: TODO_TRUSTED,
            rule: Rule::Definition(accelerometer.clone()),
        },
        Mistake {
            id: "both-landing",
            what: "Both landing tables were joined instead of the trusted ones.",
            todo: TODO_TRUSTED,
            rule: Rule::Definition(distance(accelerometer)),
        },
        Mistake {
            id: "one-motion-each",
            what: "Each distance was taken once, however many motions fit it.",
            todo: "Join, and do not make the rows unique by distance.",
            rule: Rule::Definition(once),
        },
        Mistake {
            id: "cartesian-product",
            what: "Every distance was paired with every motion: the join has no condition, or one that always holds.",
            todo: "Join on the time stamp.",
            rule: Rule::Product {
                made: definition.table,
                of: [Table::StepTrainerTrusted, Table::AccelerometerTrusted],
            },
        },
    ];
    mistakes.retain(|mistake| has_once || mistake.id != "one-motion-each");
    let other = Plan::new(&Recipe { join: rule, ..recipe.clone() });
    if let Some(other) = other.definition(definition.table) {
        mistakes.insert(0, Mistake { id, what, todo, rule: Rule::Definition(other.clone()) });
    }
    mistakes
}

/// Of a table that only asks whether a customer is there.
fn joined_not_filtered(definition: &TableDefinition, other: Table, on: ColumnPair) -> Mistake {
    let join = Step { operation: join(other, vec![on]), reason: Reason::NoConsent };
    Mistake {
        id: "joined-not-filtered",
        what: "Readings were joined with customer records, and are there once for each record that fits.",
        todo: "Take each customer once before the join, or ask only whether one is there (semi-join, EXISTS).",
        rule: Rule::Definition(changed(definition, |steps| steps.push(join))),
    }
}

fn join(other: Table, on: Vec<ColumnPair>) -> Operation {
    Operation::Join { other, on, bring: vec![], once: false }
}

fn changed(definition: &TableDefinition, change: impl FnOnce(&mut Vec<Step>)) -> TableDefinition {
    let mut definition = definition.clone();
    change(&mut definition.steps);
    definition
}
