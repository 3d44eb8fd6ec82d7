//! What is said in a call: an opening, the matter, a question back, what was done, a goodbye. The matter's words depend on the
//! reason; some words belong to several reasons, as in life. English, written for this generator.

use super::random::Stream;
use super::service::Reason;

/// What the sentences are about.
pub struct Scene<'a> {
    pub agent: &'a str,
    pub caller: &'a str,
    pub order: &'a str,
    pub product: &'a str,
    pub city: &'a str,
    pub street: &'a str,
}

const GREETINGS: [&str; 4] = [
    "Good day, you are speaking with {agent}. How can I help?",
    "Hello, this is {agent} from customer care. What can I do for you?",
    "Welcome to our service line, my name is {agent}.",
    "{agent} speaking, thank you for waiting. How may I help you?",
];
const OPENINGS: [&str; 5] = [
    "Hello, this is {caller}.",
    "Hi, {caller} here, I hope you can help me.",
    "Good morning, my name is {caller}.",
    "Yes, hello, {caller} from {city}.",
    "At last! {caller} is my name.",
];
const AGAIN: [&str; 4] = [
    "I have called about this before and nothing happened.",
    "This is the second time that I am calling about the same thing.",
    "Your colleague promised to call me back, but nobody did.",
    "I was in the queue earlier and gave up.",
];
/// What the agent asks back, and the answer.
const QUESTIONS: [(&str, &str); 5] = [
    ("I am sorry to hear that. Can you give me the order number, please?", "It is {order}."),
    ("Which order is it about?", "The number is {order}."),
    ("Let me have a look. Could you confirm your postcode and your date of birth?", "Of course, one moment."),
    ("One moment, I will open your account. Is the e-mail address still the same?", "Yes, that is right, go ahead."),
    ("I see. May I put you on hold for a minute while I check?", "Sure, take your time."),
];
const THANKS: [&str; 4] = [
    "Perfect, thank you very much, that was quick.",
    "Great, that helps me a lot. Have a nice day.",
    "All right, thanks. Goodbye.",
    "Thank you, you have been very kind.",
];
const COMPLAINTS: [&str; 4] = [
    "That is not good enough, I am really disappointed.",
    "So I have to wait again? That is ridiculous.",
    "Then I will call again, or order somewhere else next time.",
    "I do not understand why this takes so long. Goodbye.",
];

/// The caller's sentences about a matter, what solves it, and what leaves it open.
struct Script {
    matters: [&'static str; 6],
    solved: [&'static str; 3],
    open: [&'static str; 2],
}

const DELIVERY: Script = Script {
    matters: [
        "I am still waiting for my parcel with the {product}, it should have been here days ago.",
        "The tracking says delivered, but there is nothing at my door.",
        "Where is order {order}? It was promised for last week.",
        "The carrier was here when I was at work and now nobody knows where the package is.",
        "My delivery is late again and the tracking link has not changed since Monday.",
        "The {product} was a present, the birthday is over and it has not arrived.",
    ],
    solved: [
        "The parcel is at the depot in {city}; it comes tomorrow before noon.",
        "It was left with a neighbour, I have just sent you the note of the carrier.",
        "I have started a new shipment by express at our cost.",
    ],
    open: [
        "I have asked the carrier to search for it, that can take some days.",
        "I can see no scan either; please wait until Friday.",
    ],
};
const RETURN: Script = Script {
    matters: [
        "I would like to send the {product} back, it does not fit.",
        "The colour of the {product} is different from the picture, how do I return it?",
        "There was no return label in the box.",
        "I ordered two by mistake and want to give one back.",
        "Until when can I return something that I bought three weeks ago?",
        "The return portal does not accept my order {order}.",
    ],
    solved: [
        "I have e-mailed you the return label, just bring it to any parcel shop.",
        "The carrier collects it on Thursday, please leave it packed.",
        "You can hand it in at any of our stores with the number of the order.",
    ],
    open: ["The label cannot be printed today, our system is down.", "I must ask the warehouse first whether it can come back."],
};
const REFUND: Script = Script {
    matters: [
        "I sent the {product} back two weeks ago and still have no money.",
        "The refund for order {order} is not on my account.",
        "You paid back less than I had paid, part of the amount is missing.",
        "When do I get my money for the return?",
        "The refund went to a card that I do not have any more.",
        "I have the receipt of the parcel shop, so you must have got my return.",
    ],
    solved: [
        "The return is booked in now, the amount is on your account within two days.",
        "I have paid out the missing amount and the confirmation is in your mail.",
        "I changed the refund to your bank account and released it.",
    ],
    open: [
        "The warehouse has not confirmed the return, I cannot pay it out yet.",
        "Accounting has to look at it, that takes about ten days.",
    ],
};
const DEFECT: Script = Script {
    matters: [
        "The {product} arrived broken, there is a crack on one side.",
        "After two weeks the {product} does not work any more.",
        "A part of the {product} is missing, the screws were not in the box.",
        "The glass was in pieces when I opened the parcel.",
        "The {product} has a scratch and smells of chemicals.",
        "It is faulty: the switch of the {product} falls off.",
    ],
    solved: [
        "We send you a new one today and you may keep the broken one.",
        "I have ordered the spare part, it is free of charge under warranty.",
        "I take it off the invoice, please throw the damaged one away.",
    ],
    open: ["Please send us photos, then the workshop decides.", "It is out of stock, I cannot say when we can replace it."],
};
const BILLING: Script = Script {
    matters: [
        "I got a reminder although I have paid the invoice.",
        "My card was charged twice for order {order}.",
        "The voucher of ten percent is not on the invoice.",
        "I need an invoice with the address of my company.",
        "There is an amount on my statement that I cannot explain.",
        "The total of the bill is higher than in the basket.",
    ],
    solved: [
        "I found your payment and cancelled the reminder.",
        "The second charge is reversed, you see it on the next statement.",
        "The corrected invoice is in your mailbox now.",
    ],
    open: ["I cannot see the payment, please send us the proof.", "I pass it on to accounting, they will write to you."],
};
const ADDRESS: Script = Script {
    matters: [
        "I have moved, please change my address.",
        "My new address is in {city}, {street}.",
        "You still write to my old flat, I do not live there any more.",
        "We moved last month and I cannot change the street in my profile.",
        "Can you send the catalogue to my new home from now on?",
        "The name of my street is wrong in your system.",
    ],
    solved: [
        "The new address is saved, everything goes there from today.",
        "Done, I have changed it for all open orders too.",
        "I corrected the street, you get a confirmation.",
    ],
    open: [
        "I may not change it on the phone, please write to us.",
        "The system refuses the postcode, I have to ask the technicians.",
    ],
};
const LOGIN: Script = Script {
    matters: [
        "I cannot log in, the password is never right.",
        "The mail for resetting the password does not arrive.",
        "My account is locked after three attempts.",
        "I do not remember which e-mail address I registered with.",
        "The app logs me out all the time.",
        "I seem to have two accounts and my points are on the other one.",
    ],
    solved: [
        "I have unlocked the account, please try again now.",
        "A new link is on its way, it works for one hour.",
        "I merged it, please log in with the address you use now.",
    ],
    open: [
        "The reset mails are delayed today, please try tomorrow.",
        "I cannot see the account, I open a ticket for the technicians.",
    ],
};
const ADVICE: Script = Script {
    matters: [
        "Which size of the {product} do I need for a small flat?",
        "Can the {product} go into the dishwasher?",
        "Is the {product} coming back into stock?",
        "What is the difference between the {product} and the cheaper one?",
        "Do you have the {product} in another colour?",
        "Is the {product} suitable as a present for my parents?",
    ],
    solved: [
        "Yes, it is, and the measures are on the second picture.",
        "I recommend the larger one, you can return it if it is too big.",
        "It is back next week, I have put you on the list.",
    ],
    open: ["I do not know that, I would have to ask the manufacturer.", "There is no information in my system, I am afraid."],
};
const CANCELLATION: Script = Script {
    matters: [
        "Please cancel order {order}, I changed my mind.",
        "I have just ordered the wrong thing and want to stop it.",
        "Can I still cancel? I found the {product} in a store.",
        "I clicked twice, please delete the second order.",
        "I want to withdraw from the purchase before it is shipped.",
        "Take the {product} out of my order, please.",
    ],
    solved: [
        "It is cancelled, nothing will be charged.",
        "I caught it before packing, the order is stopped.",
        "The item is out, the rest comes as planned.",
    ],
    open: ["It is already packed, you have to refuse the parcel.", "I have asked the warehouse to stop it but cannot promise."],
};

fn script(reason: Reason) -> &'static Script {
    match reason {
        Reason::Delivery => &DELIVERY,
        Reason::Return => &RETURN,
        Reason::Refund => &REFUND,
        Reason::Defect => &DEFECT,
        Reason::Billing => &BILLING,
        Reason::Address => &ADDRESS,
        Reason::Login => &LOGIN,
        Reason::Advice => &ADVICE,
        Reason::Cancellation => &CANCELLATION,
    }
}

/// The transcript, one line a turn.
pub fn transcript(reason: Reason, again: bool, resolved: bool, scene: &Scene<'_>, stream: &mut Stream) -> String {
    let script = script(reason);
    let mut text = String::with_capacity(480);
    turn(&mut text, "Agent", &[stream.pick(&GREETINGS)], scene);
    let first = stream.pick(&script.matters);
    let second = stream.pick(&script.matters);
    let mut said = vec![stream.pick(&OPENINGS)];
    if again {
        said.push(stream.pick(&AGAIN));
    }
    said.push(first);
    // Some callers need a second sentence, some bring another matter along.
    if second != first && stream.chance(0.4) {
        said.push(second);
    } else if stream.chance(0.08) {
        let other = stream.pick(&Reason::ALL);
        said.push(stream.pick(&self::script(other).matters));
    }
    turn(&mut text, "Customer", &said, scene);
    let (question, answer) = stream.pick(&QUESTIONS);
    turn(&mut text, "Agent", &[question], scene);
    turn(&mut text, "Customer", &[answer], scene);
    let (outcome, goodbye) = if resolved {
        (stream.pick(&script.solved), stream.pick(&THANKS))
    } else {
        (stream.pick(&script.open), stream.pick(&COMPLAINTS))
    };
    turn(&mut text, "Agent", &[outcome], scene);
    turn(&mut text, "Customer", &[goodbye], scene);
    text.truncate(text.trim_end().len());
    text
}

fn turn(text: &mut String, who: &str, sentences: &[&str], scene: &Scene<'_>) {
    text.push_str(who);
    text.push(':');
    for sentence in sentences {
        text.push(' ');
        fill(text, sentence, scene);
    }
    text.push('\n');
}

/// Appends the sentence with its `{…}` places filled.
fn fill(text: &mut String, sentence: &str, scene: &Scene<'_>) {
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let (place, tail) = after.split_once('}').unwrap_or((after, ""));
        text.push_str(match place {
            "agent" => scene.agent,
            "caller" => scene.caller,
            "order" => scene.order,
            "product" => scene.product,
            "city" => scene.city,
            "street" => scene.street,
            _ => "",
        });
        rest = tail;
    }
    text.push_str(rest);
}

const PRAISE: [&str; 4] =
    ["Friendly and fast.", "My question was solved at once.", "Very competent, thank you!", "Always happy with this shop."];
const NEUTRAL: [&str; 3] = ["It was all right.", "Took a bit long, but it worked.", "Nothing special."];
const BLAME: [&str; 4] = [
    "Nobody felt responsible for my problem.",
    "I had to explain everything twice.",
    "Delivery too late and no information.",
    "The problem is still not solved.",
];

/// What is written under a survey; `level` is 0 (worst) to 1.
pub fn comment(level: f64, stream: &mut Stream) -> &'static str {
    match level {
        ..0.5 => stream.pick(&BLAME),
        ..0.8 => stream.pick(&NEUTRAL),
        _ => stream.pick(&PRAISE),
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn every_place_is_filled() {
        let scene =
            Scene { agent: "Alma", caller: "Eva Roth", order: "1000007", product: "Mug", city: "Kiel", street: "Rosenweg 3" };
        for (number, reason) in Reason::ALL.into_iter().enumerate() {
            for key in 0..200 {
                let mut stream = Stream::new(number as u64, Purpose::Call, key);
                let text = transcript(reason, key % 2 == 0, key % 3 == 0, &scene, &mut stream);
                assert!(!text.contains(['{', '}']) && text.lines().count() == 6, "{text}");
            }
        }
    }
}
