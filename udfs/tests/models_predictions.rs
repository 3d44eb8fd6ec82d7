//! Predictions of every model against its published closed forms, computed with 60 digits.
//!
//! Expected: mpmath 1.4. Pareto/NBD: Fader and Hardie's notes 009 (`hyp2f1`), Fader, Hardie and Lee 2005 for DERT (`hyperu`), the probability of
//! n purchases by `quad` over the time of leaving. BG/NBD and MBG/NBD: equation (8) of Fader, Hardie and Lee 2005. BG/BB: equations (11) to (14) of
//! Fader, Hardie and Shang 2010. CNBD-k: the sum over the events since the last purchase and over n, by `betainc` and beta functions.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)]

use std::sync::Arc;

use datafusion_functions_customer::models::histories::History;
use datafusion_functions_customer::models::prediction::{KINDS, Predict};

fn model(name: &str, parameters: &[f64]) -> Arc<dyn Predict> {
    let kind = KINDS.iter().find(|kind| kind.name == name).expect("a model");
    (kind.make)(parameters).expect("parameters of the model")
}

/// To the digits that are printed, or to 12 decimals: a probability near 1 says nothing of what is left.
fn check(what: &str, actual: f64, expected: f64) {
    let tolerance = (2e-11 * expected.abs()).max(1e-13 * expected.abs().min(1.0));
    assert!((actual - expected).abs() <= tolerance, "{what}: {actual} is not {expected}");
}

const COUNTS: [f64; 4] = [0.0, 1.0, 2.0, 5.0];

fn history(frequency: f64, recency: f64, age: f64) -> History {
    History::new(frequency, recency, age).expect("a history")
}

#[test]
fn pareto_nbd() {
    let model = model("pareto_nbd", &[0.553, 10.578, 0.606, 11.669]);
    for (x, t_x, age, [alive, none, purchases, dert], counts) in [
        (
            (0.0, 0.0, 38.86),
            [0.295286604616894, 0.966555090936234, 0.107081468215309, 0.478457669514608],
            [0.930714815946, 0.0458981241258, 0.0146771447105, 0.000805691607982],
        ),
        (
            (2.0, 30.43, 38.86),
            [0.869167559153011, 0.633093518102934, 1.4551231932576, 6.50173053756423],
            [0.408062723606, 0.219287497901, 0.151756520757, 0.0319819702612],
        ),
        (
            (2.0, 0.0, 38.86),
            [0.0429342225378416, 0.981875940515203, 0.071878641053029, 0.321165628929923],
            [0.970760106627, 0.0108321325796, 0.00749630858302, 0.00157981164153],
        ),
        (
            (250.0, 30.0, 39.0),
            [6.0222332042055e-20, 1.0, 9.87083505254026e-18, 4.41342556102139e-17],
            [1.0, 1.41309682158e-22, 1.40432196926e-22, 1.37852106149e-22],
        ),
    ]
    .map(|((x, t_x, age), values, counts)| (x, t_x, age, values, counts))
    {
        let h = history(x, t_x, age);
        check("P(alive)", model.p_alive(h), alive);
        check("P(no purchase)", model.p_no_purchase(h, 13.0), none);
        check("expected purchases", model.expected_purchases(h, 39.0), purchases);
        check("DERT", model.dert(h, 1.15_f64.ln() / 52.0).expect("a closed form"), dert);
        for (n, expected) in COUNTS.into_iter().zip(counts) {
            check(&format!("P({n} purchases), {h:?}"), model.p_purchases(h, 39.0, n), expected);
        }
    }
    check("expected purchases of a new customer", model.expected_purchases_new(39.0), 1.21300284428102);
}

#[test]
fn counts_of_bgnbd_and_mbgnbd() {
    let bgnbd = model("bgnbd", &[0.243, 4.414, 0.793, 2.426]);
    let mbgnbd = model("mbgnbd", &[0.525, 6.183, 0.891, 1.614]);
    for (model, x, t_x, age, counts) in [
        (&bgnbd, 0.0, 0.0, 38.86, [0.855449459217, 0.109872988801, 0.0242841193348, 0.000777432736097]),
        (&bgnbd, 2.0, 30.43, 38.86, [0.445372862083, 0.239318937435, 0.144183221865, 0.0228638128981]),
        (&bgnbd, 2.0, 0.0, 38.86, [0.980792681626, 0.00828786532441, 0.00499321590536, 0.00079179777469]),
        (&bgnbd, 250.0, 30.0, 39.0, [1.0, 5.60705234991e-26, 5.56750595541e-26, 5.4514379303e-26]),
        (&mbgnbd, 0.0, 0.0, 38.86, [0.891170601223, 0.0787041329123, 0.0204457912332, 0.000766078087488]),
        (&mbgnbd, 2.0, 30.43, 38.86, [0.440005909178, 0.234224056426, 0.145973541295, 0.0243760674667]),
        (&mbgnbd, 2.0, 0.0, 38.86, [0.979194090499, 0.00870231418653, 0.00542347203208, 0.000905663581119]),
        (&mbgnbd, 250.0, 30.0, 39.0, [1.0, 6.7371854115e-25, 6.68712738666e-25, 6.5403175012e-25]),
    ] {
        for (n, expected) in COUNTS.into_iter().zip(counts) {
            check(&format!("P({n} purchases), {x} {t_x}"), model.p_purchases(history(x, t_x, age), 39.0, n), expected);
        }
    }
    assert!(bgnbd.dert(history(2.0, 30.0, 39.0), 0.1).is_none());
}

#[test]
fn bgbb() {
    let model = model("bgbb", &[1.204, 0.750, 0.657, 2.783]);
    for (x, t_x, [alive, none, purchases, dert], counts) in [
        (
            0.0,
            0.0,
            [0.108016584169, 0.9522346083, 0.072802877475, 0.114646996182],
            [0.9522346083, 0.0298281870248, 0.0123186290461, 0.00430909225382, 0.00113726127883, 0.000172222096256],
        ),
        (
            1.0,
            6.0,
            [0.930402542373, 0.375178729532, 1.14792654069, 1.80770780348],
            [0.375178729532, 0.294061892285, 0.189880880553, 0.0970549966286, 0.0361796075924, 0.00764389340924],
        ),
        (
            3.0,
            4.0,
            [0.439462857056, 0.604235689884, 1.03422849842, 1.62866077306],
            [0.604235689884, 0.0903115545733, 0.104201297038, 0.0997091676731, 0.0713246074059, 0.0302176834257],
        ),
        (
            6.0,
            6.0,
            [0.930402542373, 0.076841143774, 3.7521156076, 5.90867831956],
            [0.076841143774, 0.0667616882412, 0.0689849022096, 0.0982382011327, 0.193200811671, 0.495973252971],
        ),
    ] {
        let h = history(x, t_x, 6.0);
        check("P(alive)", model.p_alive(h), alive);
        check("P(no purchase)", model.p_no_purchase(h, 5.0), none);
        check("expected purchases", model.expected_purchases(h, 5.0), purchases);
        check("DERT", model.dert(h, 0.1).expect("a closed form"), dert);
        for (n, expected) in counts.into_iter().enumerate() {
            check(&format!("P({n} purchases)"), model.p_purchases(h, 5.0, n as f64), expected);
        }
        assert_eq!(model.p_purchases(h, 5.0, 6.0), 0.0);
    }
    check("expected purchases of a new customer", model.expected_purchases_new(5.0), 1.93770720829);
}

#[test]
fn cnbd_k() {
    for (name, x, t_x, age, [alive, none, purchases], counts) in [
        (
            "bgcnbd_k",
            0.0,
            0.0,
            38.86,
            [1.0, 0.864237414365, 0.366013643747],
            [0.696513360597, 0.250247906355, 0.0452289472854, 0.000127859435813],
        ),
        (
            "bgcnbd_k",
            2.0,
            30.43,
            38.86,
            [0.769819962754, 0.521188162215, 1.5548009334],
            [0.27209307733, 0.262361171404, 0.235576164075, 0.0212196152161],
        ),
        (
            "bgcnbd_k",
            5.0,
            30.0,
            39.0,
            [0.667369782478, 0.360898784489, 2.92290667136],
            [0.33277133506, 0.0677891706763, 0.0725176510443, 0.115327871551],
        ),
        (
            "mbgcnbd_k",
            0.0,
            0.0,
            38.86,
            [0.577725495158, 0.92156649299, 0.214418140003],
            [0.824668030977, 0.142285674799, 0.0278600494638, 8.66311094723e-5],
        ),
        (
            "mbgcnbd_k",
            2.0,
            30.43,
            38.86,
            [0.811319882948, 0.495376084044, 1.67383833412],
            [0.232852630652, 0.262659400234, 0.250316260492, 0.023985787164],
        ),
        (
            "mbgcnbd_k",
            5.0,
            30.0,
            39.0,
            [0.698341723741, 0.331238758178, 3.11900326324],
            [0.301805942916, 0.0637408290989, 0.0716574070108, 0.123760089709],
        ),
    ] {
        let model = model(name, &[3.0, 0.6, 3.5, 0.8, 2.5]);
        let h = history(x, t_x, age);
        check("P(alive)", model.p_alive(h), alive);
        check("P(no purchase)", model.p_no_purchase(h, 13.0), none);
        check("expected purchases", model.expected_purchases(h, 39.0), purchases);
        for (n, expected) in COUNTS.into_iter().zip(counts) {
            check(&format!("{name}: P({n} purchases), {x}"), model.p_purchases(h, 39.0, n), expected);
        }
    }
}

/// With k = 1 the models are BG/NBD and MBG/NBD, also where the sum goes over into an integral.
#[test]
fn cnbd_1_is_bgnbd() {
    for (name, regular) in [("bgnbd", "bgcnbd_k"), ("mbgnbd", "mbgcnbd_k")] {
        for parameters in
            [[0.243, 4.414, 0.793, 2.426], [3.0, 0.01, 0.05, 40.0], [200.0, 0.9, 1.0, 3.0], [0.02, 1e-4, 6.0, 900.0]]
        {
            let (one, other) = (model(name, &parameters), model(regular, &[&[1.0], parameters.as_slice()].concat()));
            for h in [history(0.0, 0.0, 0.0), history(0.0, 0.0, 30.0), history(3.0, 12.0, 30.0), history(250.0, 30.0, 30.0)] {
                for horizon in [0.0, 1e-3, 10.0, 1e4, 1e7] {
                    let close = |what: &str, left: f64, right: f64, digits: f64| {
                        assert!(
                            (left - right).abs() <= digits * right.abs() + 1e-15,
                            "{name} {parameters:?} {h:?} {horizon}: {what} {left} {right}"
                        );
                    };
                    close("alive", other.p_alive(h), one.p_alive(h), 1e-13);
                    close("none", other.p_no_purchase(h, horizon), one.p_no_purchase(h, horizon), 1e-12);
                    close("three", other.p_purchases(h, horizon, 3.0), one.p_purchases(h, horizon, 3.0), 1e-9);
                    close("purchases", other.expected_purchases(h, horizon), one.expected_purchases(h, horizon), 1e-7);
                }
            }
        }
    }
}
