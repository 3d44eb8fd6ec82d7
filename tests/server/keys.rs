//! Certificates of an authority of their own, made by the openssl program.

use std::path::Path;
use std::process::Command;

fn openssl(folder: &Path, arguments: &str) {
    let run = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().expect("openssl is installed");
    assert!(run.status.success(), "{arguments}: {}", String::from_utf8_lossy(&run.stderr));
}

/// Makes `ca.crt`, and for each name `<name>.crt` and `<name>.key`, good for localhost.
pub fn issue(folder: &Path, names: &[&str]) {
    let key = |name: &str| format!("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out {name}.key");
    openssl(folder, &key("ca"));
    openssl(folder, "req -x509 -new -key ca.key -out ca.crt -days 30 -subj /CN=authority");
    std::fs::write(folder.join("extensions"), "subjectAltName=DNS:localhost,IP:127.0.0.1\n").unwrap();
    for name in names {
        openssl(folder, &key(name));
        openssl(folder, &format!("req -new -key {name}.key -out {name}.csr -subj /CN={name}"));
        let by = "-CA ca.crt -CAkey ca.key -CAcreateserial -extfile extensions";
        openssl(folder, &format!("x509 -req -in {name}.csr {by} -days 30 -out {name}.crt"));
    }
}
