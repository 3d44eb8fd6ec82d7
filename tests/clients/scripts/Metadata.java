import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;

/** What a JDBC tool (DBeaver, DataGrip, Tableau) asks of DatabaseMetaData when it draws its tree. */
public class Metadata {
    public static void main(String[] arguments) throws Exception {
        try (Connection connection = DriverManager.getConnection(arguments[0])) {
            DatabaseMetaData metadata = connection.getMetaData();
            System.out.println("product " + metadata.getDatabaseProductName());
            print("catalogs", metadata.getCatalogs(), "TABLE_CAT");
            print("schemas", metadata.getSchemas(), "TABLE_SCHEM");
            print("schemas of sales", metadata.getSchemas(null, "sal%"), "TABLE_SCHEM");
            print("table types", metadata.getTableTypes(), "TABLE_TYPE");
            print("tables", metadata.getTables(null, "sales", "%", new String[] {"TABLE", "VIEW"}), "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE", "REMARKS");
            print("all tables", metadata.getTables(null, null, "order%", null), "TABLE_SCHEM", "TABLE_NAME", "TABLE_TYPE");
            print("columns", metadata.getColumns(null, "sales", "orders", "%"), "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME", "COLUMN_SIZE", "DECIMAL_DIGITS", "NULLABLE", "REMARKS", "ORDINAL_POSITION", "IS_NULLABLE");
            print("every type", metadata.getColumns(null, "care", "every_type", "%"), "COLUMN_NAME", "DATA_TYPE", "TYPE_NAME", "COLUMN_SIZE");
            print("primary keys", metadata.getPrimaryKeys(null, "sales", "order_lines"), "COLUMN_NAME", "KEY_SEQ", "PK_NAME");
            String[] key = {"PKTABLE_SCHEM", "PKTABLE_NAME", "PKCOLUMN_NAME", "FKTABLE_NAME", "FKCOLUMN_NAME", "KEY_SEQ", "UPDATE_RULE", "FK_NAME", "PK_NAME", "DEFERRABILITY"};
            print("imported keys", metadata.getImportedKeys(null, "sales", "orders"), key);
            print("exported keys", metadata.getExportedKeys(null, "sales", "orders"), key);
            print("all keys of a table", metadata.getCrossReference(null, "sales", "orders", null, "sales", "order_lines"), key);
            print("indexes", metadata.getIndexInfo(null, "sales", "order_lines", false, false), "NON_UNIQUE", "INDEX_NAME", "TYPE", "ORDINAL_POSITION", "COLUMN_NAME", "ASC_OR_DESC");
            print("best row", metadata.getBestRowIdentifier(null, "sales", "orders", DatabaseMetaData.bestRowSession, true), "COLUMN_NAME");
            print("functions", metadata.getFunctions(null, "public", "lower%"), "FUNCTION_NAME");
            print("procedures", metadata.getProcedures(null, "public", "lower%"), "PROCEDURE_NAME");
            print("table privileges", metadata.getTablePrivileges(null, "sales", "nowhere"), "TABLE_NAME");
            print("column privileges", metadata.getColumnPrivileges(null, "sales", "nowhere", "%"), "COLUMN_NAME");
            print("user types", metadata.getUDTs(null, "sales", "nowhere", null), "TYPE_NAME");
            int types = 0;
            ResultSet information = metadata.getTypeInfo();
            while (information.next()) {
                if (information.getString("TYPE_NAME").equals("int8")) types++;
            }
            System.out.println("int8 in type info: " + types);
            System.out.println("keywords " + (metadata.getSQLKeywords().length() > 0) + ", name length " + metadata.getMaxColumnNameLength());
            System.out.println("schema " + connection.getSchema() + ", catalog " + connection.getCatalog());
            try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT order_id, total, channel FROM sales.orders WHERE false")) {
                ResultSetMetaData columns = rows.getMetaData();
                for (int i = 1; i <= columns.getColumnCount(); i++) {
                    System.out.println("column " + columns.getColumnName(i) + " " + columns.getColumnTypeName(i) + " " + columns.isAutoIncrement(i));
                }
            }
        }
    }

    private static void print(String what, ResultSet rows, String... columns) throws SQLException {
        System.out.println(what);
        while (rows.next()) {
            StringBuilder line = new StringBuilder(" ");
            for (String column : columns) {
                line.append(' ').append(rows.getString(column));
            }
            System.out.println(line);
        }
    }
}
