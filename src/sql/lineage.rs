//! What each column of a result is made of, told by the plan of its query. Where that cannot be told, it is made of everything.

use std::collections::HashMap;

use polars::prelude::{JoinType, LazyFrame, PlSmallStr, PolarsResult};
use polars_plan::plans::expr_ir::ExprIR;
use polars_plan::plans::{AExpr, FunctionIR, IR, IRAggExpr, IRBooleanFunction, IRFunctionExpr, IRPlan};
use polars_plan::prelude::Node;

use crate::domain::{Privacy, Table};

/// What the values of a column come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whose column of a zone table it is, unchanged; open for every other.
    pub plain: Privacy,
    /// Something of people or devices is in it.
    pub personal: bool,
    /// Something that stands for a person is in it.
    pub person: bool,
    /// It says something of rows, and not only how many there are.
    pub of_rows: bool,
}

impl Origin {
    const NOTHING: Self = Self { plain: Privacy::Open, personal: false, person: false, of_rows: false };
    pub const EVERYTHING: Self = Self { plain: Privacy::Open, personal: true, person: true, of_rows: true };

    /// A column of a zone table, told by its name, which means the same in all of them.
    fn landed(name: &str) -> Self {
        let mut columns = Table::ALL.into_iter().flat_map(Table::schema);
        let plain = columns.find(|column| column.name == name).map_or(Privacy::Open, |column| column.privacy);
        Self { plain, personal: plain != Privacy::Open, person: plain == Privacy::Person, of_rows: true }
    }

    /// Of one or of the other.
    fn or(self, other: Self) -> Self {
        Self { plain: if self.plain == other.plain { self.plain } else { Privacy::Open }, ..self.and(other) }
    }

    /// Of both, and none of them any longer.
    fn and(self, other: Self) -> Self {
        Self {
            plain: Privacy::Open,
            personal: self.personal || other.personal,
            person: self.person || other.person,
            of_rows: self.of_rows || other.of_rows,
        }
    }
}

type Origins = HashMap<PlSmallStr, Origin>;

/// The origins of the columns of a result, by their names.
///
/// # Errors
/// When the query cannot be planned.
pub fn origins(query: &LazyFrame) -> PolarsResult<Origins> {
    let plan = query.clone().to_alp()?;
    let known = of_node(&plan, plan.lp_top);
    let names = plan.root().schema(&plan.lp_arena);
    let origin = |name: &PlSmallStr| known.as_ref().and_then(|known| known.get(name)).copied();
    Ok(names.iter_names().map(|name| (name.clone(), origin(name).unwrap_or(Origin::EVERYTHING))).collect())
}

/// None where it cannot be told.
fn of_node(plan: &IRPlan, node: Node) -> Option<Origins> {
    let ir = plan.lp_arena.get(node);
    let input = |node: &Node| of_node(plan, *node);
    match ir {
        IR::DataFrameScan { schema, .. } => {
            Some(schema.iter_names().map(|name| (name.clone(), Origin::landed(name))).collect())
        }
        IR::Filter { input: of, .. }
        | IR::Sort { input: of, .. }
        | IR::Slice { input: of, .. }
        | IR::Distinct { input: of, .. }
        | IR::Cache { input: of, .. }
        | IR::SimpleProjection { input: of, .. }
        | IR::MapFunction { input: of, function: FunctionIR::Rechunk | FunctionIR::Hint(_) } => input(of),
        IR::Select { input: of, expr, .. } => Some(of_exprs(plan, &input(of)?, expr).collect()),
        IR::HStack { input: of, exprs, .. } => {
            let mut origins = input(of)?;
            let more: Vec<_> = of_exprs(plan, &origins, exprs).collect();
            origins.extend(more);
            Some(origins)
        }
        IR::GroupBy { input: of, keys, aggs, apply: None, .. } => {
            let before = input(of)?;
            Some(of_exprs(plan, &before, keys).chain(of_exprs(plan, &before, aggs)).collect())
        }
        IR::Join { input_left, input_right, schema, options, .. } => {
            let (left, right) = (input(input_left)?, input(input_right)?);
            if matches!(options.args.how, JoinType::Semi | JoinType::Anti) {
                return Some(left);
            }
            let suffix = options.args.suffix().as_str();
            // A column that both have, or that a join makes of both, may be of either.
            let of_name = |name: &PlSmallStr| {
                let plain_name = name.strip_suffix(suffix).filter(|_| !suffix.is_empty());
                let right = [right.get(name), plain_name.and_then(|name| right.get(name))];
                let mut all = right.into_iter().chain([left.get(name)]).flatten().copied();
                let first = all.next()?;
                Some((name.clone(), all.fold(first, Origin::or)))
            };
            schema.iter_names().map(of_name).collect()
        }
        IR::Union { inputs, .. } => {
            let mut all = inputs.iter().map(|node| {
                let schema = plan.lp_arena.get(*node).schema(&plan.lp_arena).into_owned();
                Some((schema, of_node(plan, *node)?))
            });
            let (names, mut origins) = all.next()??;
            for other in all {
                let (other_names, other) = other?;
                for (name, other_name) in names.iter_names().zip(other_names.iter_names()) {
                    for of in [other.get(name), other.get(other_name)].into_iter().flatten() {
                        let before = origins.get(name).copied()?;
                        origins.insert(name.clone(), before.or(*of));
                    }
                }
            }
            Some(origins)
        }
        IR::HConcat { inputs, .. } => {
            let all: Option<Vec<Origins>> = inputs.iter().map(input).collect();
            Some(all?.into_iter().flatten().collect())
        }
        _ => None,
    }
}

fn of_exprs<'a>(
    plan: &'a IRPlan,
    before: &'a Origins,
    exprs: &'a [ExprIR],
) -> impl Iterator<Item = (PlSmallStr, Origin)> + 'a {
    exprs.iter().map(|expr| (expr.output_name().clone(), of_expr(plan, before, expr.node())))
}

fn of_expr(plan: &IRPlan, before: &Origins, node: Node) -> Origin {
    let of = |node: &Node| of_expr(plan, before, *node);
    let expr = plan.expr_arena.get(node);
    match expr {
        AExpr::Column(name) => before.get(name).copied().unwrap_or(Origin::EVERYTHING),
        AExpr::Literal(_) | AExpr::Len | AExpr::Agg(IRAggExpr::NUnique(_) | IRAggExpr::Count { .. }) => Origin::NOTHING,
        // Whether there is a value is not hidden anywhere.
        AExpr::Function {
            function:
                IRFunctionExpr::NullCount
                | IRFunctionExpr::Boolean(IRBooleanFunction::HasNulls | IRBooleanFunction::IsEmpty { .. }),
            ..
        } => Origin::NOTHING,
        AExpr::Function {
            function: IRFunctionExpr::Boolean(IRBooleanFunction::IsNull | IRBooleanFunction::IsNotNull),
            ..
        } => Origin { of_rows: true, ..Origin::NOTHING },
        // One of the values, as it is.
        AExpr::Agg(
            IRAggExpr::Min { input, .. }
            | IRAggExpr::Max { input, .. }
            | IRAggExpr::First(input)
            | IRAggExpr::FirstNonNull(input)
            | IRAggExpr::Last(input)
            | IRAggExpr::LastNonNull(input)
            | IRAggExpr::Item { input, .. },
        )
        | AExpr::Sort { expr: input, .. }
        | AExpr::SortBy { expr: input, .. }
        | AExpr::Gather { expr: input, .. }
        | AExpr::Filter { input, .. }
        | AExpr::Slice { input, .. }
        | AExpr::Over { function: input, .. } => of(input),
        AExpr::Ternary { predicate, truthy, falsy } => {
            let (yes, no, asked) = (of(truthy), of(falsy), of(predicate));
            if asked.personal { yes.and(no).and(asked) } else { Origin { of_rows: true, ..yes.or(no) } }
        }
        _ => {
            let mut inputs: Vec<Node> = vec![];
            expr.children_rev(&mut inputs);
            // What has no input and is none of the above is not known here.
            let all = inputs.iter().map(of).reduce(Origin::and);
            all.map_or(Origin::EVERYTHING, |all| Origin { plain: Privacy::Open, ..all })
        }
    }
}
