//! `normalize_email`: an e-mail address in the form that equality can compare.

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::ScalarUDF;

use crate::args::map_text;
use crate::doc::{Argument, Column, Doc, Kind, Takes};
use crate::text::email::normalize_email;

pub static DOC: Doc = Doc {
    name: "normalize_email",
    kind: Kind::Scalar,
    topic: "Identity",
    summary: "The e-mail address in a text, in the one form of its mailbox; NULL where there is none.",
    arguments: &[Argument::required(
        "text",
        Takes::Text,
        "an address, perhaps with a display name, `mailto:` or quotes round it",
    )],
    returns: &[Column::new("", "text", "lower case, NFKC; NULL for what is no address")],
    notes: "`googlemail.com` becomes `gmail.com`. Gmail addresses lose their dots. A `+tag` goes at the providers that ignore \
            it (Gmail, Outlook, Hotmail, Live, MSN, iCloud, Fastmail, Proton) and stays elsewhere, where it may be part of the \
            mailbox. Placeholders such as `none@none.com` are addresses too: `unify_profiles` does not link by them. NULL \
            gives NULL; an address without a dot in its domain, with spaces, with two `@` or with parts longer than RFC 5321 \
            allows gives NULL.",
    source: "RFC 5321, RFC 5322, RFC 6531; the help pages of the providers named.",
    example: "SELECT normalize_email('Ann Lee <Ann.Lee+shop@GoogleMail.com>');",
};

pub(crate) fn function() -> ScalarUDF {
    super::function::function(&DOC, DataType::Utf8, |columns| map_text(columns, normalize_email))
}
