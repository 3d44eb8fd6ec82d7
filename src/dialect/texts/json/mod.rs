//! `json` and `jsonb`: texts whose fields say which of the two they are. `json` is kept as it was written; `jsonb` is written anew.

mod access;
mod build;
mod change;
mod contain;
mod document;
mod order;
mod path;

use datafusion::common::Result;

use super::arguments::Kind::{AnyJson, AsJson, Boolean, Integer, Json, Jsonb, Text, Texts};
use super::{Function, Outcome, Returns, Row};

const JSON: Returns = Returns::Value("json");
const JSONB: Returns = Returns::Value("jsonb");
const TEXT: Returns = Returns::Value("text");
const INT4: Returns = Returns::Value("int4");
const BOOL: Returns = Returns::Value("bool");

pub const FUNCTIONS: &[Function] = &[
    Function::new("json_in", &[AnyJson], JSON, json_in),
    Function::new("jsonb_in", &[AnyJson], JSONB, jsonb_in),
    Function::new("json_typed", &[AnyJson], JSON, |row| Ok(row.text(0).into())),
    Function::new("jsonb_typed", &[AnyJson], JSONB, |row| Ok(row.text(0).into())),
    Function::new("json_text", &[AnyJson], TEXT, |row| Ok(row.text(0).into())),
    Function::new("jsonb_scalar", &[Jsonb, Text], TEXT, access::scalar),
    // Parts.
    Function::new("json_object_field", &[Json, Text], JSON, access::member),
    Function::new("jsonb_object_field", &[Jsonb, Text], JSONB, access::member),
    Function::new("json_object_field_text", &[AnyJson, Text], TEXT, access::member_text),
    Function::new("json_array_element", &[Json, Integer], JSON, access::element),
    Function::new("jsonb_array_element", &[Jsonb, Integer], JSONB, access::element),
    Function::new("json_array_element_text", &[AnyJson, Integer], TEXT, access::element_text),
    Function::new("json_extract_path", &[Json], JSON, access::path).and_more(Text),
    Function::new("jsonb_extract_path", &[Jsonb], JSONB, access::path).and_more(Text),
    Function::new("json_extract_path_text", &[Json], TEXT, access::path_text).and_more(Text),
    Function::new("jsonb_extract_path_text", &[Jsonb], TEXT, access::path_text).and_more(Text),
    Function::new("json_extract_path_op", &[Json, Texts], JSON, access::path_of_array),
    Function::new("jsonb_extract_path_op", &[Jsonb, Texts], JSONB, access::path_of_array),
    Function::new("json_extract_path_text_op", &[AnyJson, Texts], TEXT, access::path_text_of_array),
    Function::new("json_typeof", &[Json], TEXT, access::kind),
    Function::new("jsonb_typeof", &[Jsonb], TEXT, access::kind),
    Function::new("json_array_length", &[Json], INT4, access::length),
    Function::new("jsonb_array_length", &[Jsonb], INT4, access::length),
    Function::new("json_record", &[Json], JSON, access::record),
    Function::new("jsonb_record", &[Jsonb], JSONB, access::record),
    // Paths.
    Function::new("jsonb_path_exists", &[Jsonb, Text, Jsonb, Boolean], BOOL, path::exists).or_fewer(2),
    Function::new("jsonb_path_exists_opr", &[Jsonb, Text], BOOL, path::exists_silently),
    Function::new("jsonb_path_match", &[Jsonb, Text, Jsonb, Boolean], BOOL, path::matches).or_fewer(2),
    Function::new("jsonb_path_match_opr", &[Jsonb, Text], BOOL, path::matches_silently),
    Function::new(
        "jsonb_path_query",
        &[Jsonb, Text, Jsonb, Boolean],
        Returns::Rows(&[("jsonb_path_query", "jsonb")]),
        path::query,
    )
    .or_fewer(2),
    Function::new("jsonb_path_query_array", &[Jsonb, Text, Jsonb, Boolean], JSONB, path::array).or_fewer(2),
    Function::new("jsonb_path_query_first", &[Jsonb, Text, Jsonb, Boolean], JSONB, path::first).or_fewer(2),
    // Rows.
    Function::new("json_each", &[Json], Returns::Rows(&[("key", "text"), ("value", "json")]), access::each),
    Function::new("jsonb_each", &[Jsonb], Returns::Rows(&[("key", "text"), ("value", "jsonb")]), access::each_sorted),
    Function::new("json_each_text", &[Json], Returns::Rows(&[("key", "text"), ("value", "text")]), access::each_text),
    Function::new("jsonb_each_text", &[Jsonb], Returns::Rows(&[("key", "text"), ("value", "text")]), access::each_text),
    Function::new("json_object_keys", &[Json], Returns::Rows(&[("json_object_keys", "text")]), access::keys),
    Function::new("jsonb_object_keys", &[Jsonb], Returns::Rows(&[("jsonb_object_keys", "text")]), access::keys),
    Function::new("json_array_elements", &[Json], Returns::Rows(&[("value", "json")]), access::elements),
    Function::new("jsonb_array_elements", &[Jsonb], Returns::Rows(&[("value", "jsonb")]), access::elements),
    Function::new("json_array_elements_text", &[Json], Returns::Rows(&[("value", "text")]), access::elements_text),
    Function::new("jsonb_array_elements_text", &[Jsonb], Returns::Rows(&[("value", "text")]), access::elements_text),
    // Made of other values.
    Function::new("to_json", &[AsJson], JSON, build::json),
    Function::new("to_jsonb", &[AsJson], JSONB, build::jsonb),
    Function::new("row_to_json", &[AsJson, Boolean], JSON, build::row).or_fewer(1),
    Function::new("array_to_json", &[AsJson, Boolean], JSON, build::row).or_fewer(1),
    Function::new("json_build_object", &[], JSON, build::object).and_more(AsJson).with_nulls(),
    Function::new("jsonb_build_object", &[], JSONB, build::object_b).and_more(AsJson).with_nulls(),
    Function::new("json_build_array", &[], JSON, build::array).and_more(AsJson).with_nulls(),
    Function::new("jsonb_build_array", &[], JSONB, build::array_b).and_more(AsJson).with_nulls(),
    Function::new("json_object", &[Texts, Texts], JSON, build::of_texts).or_fewer(1),
    Function::new("jsonb_object", &[Texts, Texts], JSONB, build::of_texts_b).or_fewer(1),
    // Aggregates: the elements are put together by another one.
    Function::new("json_agg_element", &[AsJson], TEXT, build::element).with_nulls(),
    Function::new("json_agg_member", &[AsJson, AsJson], TEXT, build::member).with_nulls(),
    Function::new("json_agg_array", &[Texts], JSON, build::aggregated),
    Function::new("jsonb_agg_array", &[Texts], JSONB, build::aggregated_b),
    Function::new("json_agg_distinct", &[AsJson], JSON, build::distinct),
    Function::new("json_agg_object", &[Texts], JSON, build::aggregated_members),
    Function::new("jsonb_agg_object", &[Texts], JSONB, build::aggregated_members_b),
    // Comparison and containment.
    Function::new("jsonb_contains", &[Jsonb, Jsonb], BOOL, contain::contains),
    Function::new("jsonb_contained", &[Jsonb, Jsonb], BOOL, contain::contained),
    Function::new("jsonb_exists", &[Jsonb, Text], BOOL, contain::exists),
    Function::new("jsonb_exists_any", &[Jsonb, Texts], BOOL, contain::exists_any),
    Function::new("jsonb_exists_all", &[Jsonb, Texts], BOOL, contain::exists_all),
    Function::new("jsonb_cmp", &[Jsonb, Jsonb], INT4, order::compared),
    Function::new("jsonb_key", &[Jsonb], TEXT, order::sorted),
    Function::new("jsonb_same", &[Jsonb], JSONB, order::same),
    // Changes.
    Function::new("jsonb_concat", &[Jsonb, Jsonb], JSONB, change::concatenated),
    Function::new("jsonb_delete", &[Jsonb, Text], JSONB, change::without_name),
    Function::new("jsonb_delete", &[Jsonb, Integer], JSONB, change::without_place),
    Function::new("jsonb_delete", &[Jsonb, Texts], JSONB, change::without_names),
    Function::new("jsonb_delete_path", &[Jsonb, Texts], JSONB, change::without_path),
    Function::new("jsonb_set", &[Jsonb, Texts, Jsonb, Boolean], JSONB, change::set).or_fewer(1),
    Function::new("jsonb_set_lax", &[Jsonb, Texts, Jsonb, Boolean, Text], JSONB, change::set_lax).or_fewer(2).with_nulls(),
    Function::new("jsonb_insert", &[Jsonb, Texts, Jsonb, Boolean], JSONB, change::insert).or_fewer(1),
    Function::new("json_strip_nulls", &[Json], JSON, change::without_nulls),
    Function::new("jsonb_strip_nulls", &[Jsonb], JSONB, change::without_nulls_b),
    Function::new("jsonb_pretty", &[Jsonb], TEXT, change::pretty),
];

fn json_in(row: &Row<'_>) -> Result<Outcome> {
    document::read(row.text(0))?;
    Ok(row.text(0).into())
}

fn jsonb_in(row: &Row<'_>) -> Result<Outcome> {
    Ok(normal(row.text(0))?.into())
}

/// A document as `jsonb` is written.
///
/// # Errors
/// Those of a text that is none.
pub fn normal(text: &str) -> Result<String> {
    document::read(text)?.normal()
}
