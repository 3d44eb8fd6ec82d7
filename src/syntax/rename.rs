//! Statements of PostgreSQL that the parser has not: `ALTER VIEW|TABLE … RENAME TO`, `… SET SCHEMA`, and all of
//! `COMMENT ON`.
//!
//! A new name and a new schema are both [`AlterTableOperation::RenameTable`]: with `SET SCHEMA` the new name has a schema, which
//! PostgreSQL does not allow after `RENAME TO`. A view is a table of the type [`AlterTableType::External`], which no text gives.

use datafusion::sql::sqlparser::ast::helpers::attached_token::AttachedToken;
use datafusion::sql::sqlparser::ast::{
    AlterTable, AlterTableOperation, AlterTableType, CommentObject, ObjectName, ObjectNamePart, RenameTableNameKind, Statement,
};
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;

/// One of these statements, or `None` with the parser where it was.
pub fn parse(parser: &mut Parser) -> Option<Result<Statement, ParserError>> {
    match parser.peek_token_ref().token {
        Token::Word(ref word) if matches!(word.keyword, Keyword::ALTER | Keyword::COMMENT) => {
            parser.maybe_parse(statement).transpose()
        }
        _ => None,
    }
}

fn statement(parser: &mut Parser) -> Result<Statement, ParserError> {
    if parser.parse_keyword(Keyword::COMMENT) {
        return comment(parser);
    }
    parser.expect_keyword(Keyword::ALTER)?;
    let table_type = match parser.expect_one_of_keywords(&[Keyword::VIEW, Keyword::TABLE])? {
        Keyword::VIEW => Some(AlterTableType::External),
        _ => None,
    };
    let if_exists = parser.parse_keywords(&[Keyword::IF, Keyword::EXISTS]);
    let name = parser.parse_object_name(false)?;
    let to = if parser.parse_keywords(&[Keyword::RENAME, Keyword::TO]) {
        ObjectName::from(vec![parser.parse_identifier()?])
    } else {
        parser.expect_keywords(&[Keyword::SET, Keyword::SCHEMA])?;
        let schema = ObjectNamePart::Identifier(parser.parse_identifier()?);
        ObjectName(std::iter::once(schema).chain(name.0.last().cloned()).collect())
    };
    let rename = AlterTableOperation::RenameTable { table_name: RenameTableNameKind::To(to) };
    Ok(Statement::AlterTable(AlterTable {
        name,
        if_exists,
        only: false,
        operations: vec![rename],
        location: None,
        on_cluster: None,
        table_type,
        end_token: AttachedToken::empty(),
    }))
}

/// `COMMENT ON … IS '…'`, whose text may stand between dollars too.
fn comment(parser: &mut Parser) -> Result<Statement, ParserError> {
    parser.expect_keyword(Keyword::ON)?;
    let kinds = [Keyword::COLUMN, Keyword::DATABASE, Keyword::FUNCTION, Keyword::SCHEMA, Keyword::TABLE, Keyword::VIEW];
    let object_type = match parser.expect_one_of_keywords(&kinds)? {
        Keyword::COLUMN => CommentObject::Column,
        Keyword::DATABASE => CommentObject::Database,
        Keyword::FUNCTION => CommentObject::Function,
        Keyword::SCHEMA => CommentObject::Schema,
        Keyword::TABLE => CommentObject::Table,
        _ => CommentObject::View,
    };
    let object_name = parser.parse_object_name(false)?;
    if object_type == CommentObject::Function && parser.consume_token(&Token::LParen) {
        // The types of the arguments say nothing where a name has one function.
        while !matches!(parser.peek_token_ref().token, Token::RParen | Token::EOF) {
            parser.next_token();
        }
        parser.expect_token(&Token::RParen)?;
    }
    parser.expect_keyword(Keyword::IS)?;
    let comment = if parser.parse_keyword(Keyword::NULL) { None } else { Some(parser.parse_comment_value()?) };
    Ok(Statement::Comment { object_type, object_name, comment, if_exists: false })
}

#[cfg(test)]
mod tests {
    use crate::syntax::parse;

    #[test]
    fn names_and_schemas_change() {
        for (sql, read) in [
            ("ALTER TABLE a.b RENAME TO c", "ALTER TABLE a.b RENAME TO c"),
            ("alter view if exists a.b rename to \"C\"", "ALTER EXTERNAL TABLE IF EXISTS a.b RENAME TO \"C\""),
            ("ALTER VIEW a.b SET SCHEMA s", "ALTER EXTERNAL TABLE a.b RENAME TO s.b"),
            ("COMMENT ON FUNCTION f(integer, text) IS 'x'", "COMMENT ON FUNCTION f IS 'x'"),
            ("COMMENT ON COLUMN a.b IS NULL", "COMMENT ON COLUMN a.b IS NULL"),
            ("COMMENT ON VIEW a IS $x$why$x$", "COMMENT ON VIEW a IS 'why'"),
        ] {
            let statements = parse(sql).unwrap();
            assert_eq!(statements.iter().map(ToString::to_string).collect::<Vec<_>>(), [read], "{sql}");
        }
        for sql in ["ALTER TABLE a RENAME TO b.c", "ALTER VIEW a RENAME TO b c", "ALTER EXTERNAL TABLE a RENAME TO b"] {
            assert_eq!(parse(sql).unwrap_err().sqlstate(), "42601", "{sql}");
        }
    }
}
