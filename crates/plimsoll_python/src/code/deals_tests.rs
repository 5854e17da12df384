//! Dealings: modules in, facts out.

use plimsoll_source::{RepoPath, SourceText};

use super::{AnswerHow, Dealings, scan};

fn dealings(text: &str) -> Dealings {
    scan(&SourceText::new(RepoPath::new("app/views.py").unwrap(), text)).dealings
}

#[test]
fn what_is_counted_and_saved_without_a_lock() {
    for (code, expected) in [
        ("lot = Lot.objects.get(pk=1)\nlot.left -= 1\nlot.save()", &["Lot lot.left found"][..]),
        (
            "lot = get_object_or_404(Lot, pk=1)\nlot.left = lot.left - n\nlot.save()",
            &["Lot lot.left found"],
        ),
        ("lot.left = max(0, (lot.left or 0) + n)\nlot.save()", &["- lot.left"]),
        ("new = lot.left - n\nlot.left = new\nlot.save()", &["- lot.left"]),
        (
            "pay.bank.balance += n\npay.bank.save(update_fields=['balance'])",
            &["- pay.bank.balance"],
        ),
        ("Lot.objects.filter(pk=1).update(left=lot.left - 1)", &["Lot lot.left found"]),
        // Counted by the database.
        ("lot.left = F('left') - 1\nlot.save()", &[]),
        ("Lot.objects.filter(pk=1).update(left=F('left') - 1)", &[]),
        // Locked.
        ("lot = Lot.objects.select_for_update().get(pk=1)\nlot.left -= 1\nlot.save()", &[]),
        // Made here, never saved, another row's number, no number.
        ("lot = Lot(left=2)\nlot.left -= 1\nlot.save()", &[]),
        ("lot.left -= 1", &[]),
        ("lot.left = other.left - 1\nlot.save()", &[]),
        ("lot.note += ' sold'\nlot.save()", &[]),
        ("lot.until += timedelta(days=1)\nlot.save()", &[]),
    ] {
        let body: String = code.lines().map(|line| format!("    {line}\n")).collect();
        let found: Vec<String> = dealings(&format!("def sell(lot, n):\n{body}"))
            .steps
            .iter()
            .map(|step| {
                let model = step.model.as_deref().unwrap_or("-");
                let found = if step.found { " found" } else { "" };
                format!("{model} {}.{}{found}", step.row, step.field)
            })
            .collect();
        assert_eq!(found, expected, "{code}");
    }
}

#[test]
fn what_waits_without_a_limit() {
    for (code, expected) in [
        ("import requests\ndef f():\n    requests.get(url)", 1),
        ("import requests\ndef f():\n    requests.post(url, json=x, timeout=3)", 0),
        ("import requests\ndef f():\n    requests.post(url, **options)", 0),
        ("import requests\ndef f():\n    requests.get(url)  # noqa: S113", 0),
        ("def f(requests):\n    requests.get(pk=1)", 0),
        ("import requests\ndef f():\n    requests = Session()\n    requests.get(url)", 0),
        ("from urllib.request import urlopen\ndef f():\n    urlopen(url)", 1),
        ("from urllib.request import urlopen\ndef f():\n    urlopen(url, None, 5)", 0),
        ("import urllib.request\ndef f():\n    urllib.request.urlopen(url)", 1),
        ("import requests\nrequests.get(url)", 0),
    ] {
        assert_eq!(dealings(code).waits.len(), expected, "{code}");
    }
}

#[test]
fn what_is_sent_off_before_the_commit() {
    for (body, expected) in [
        (
            "with transaction.atomic():\n        o = Order.objects.create()\n        mail.delay(o.pk)",
            1,
        ),
        ("o = Order.objects.create()\n    mail.delay(o.pk)", 0),
        ("with transaction.atomic():\n        mail.delay(1)", 0),
        ("with transaction.atomic():\n        o = Order.objects.create()\n    mail.delay(o.pk)", 0),
        (
            "with transaction.atomic():\n        o = Order.objects.create()\n        transaction.on_commit(lambda: mail.delay(o.pk))",
            0,
        ),
        (
            "with transaction.atomic():\n        o = Order.objects.create()\n        mail.apply_async((o.pk,), countdown=5)",
            0,
        ),
    ] {
        let found = dealings(&format!("def order(request):\n    {body}\n")).sent.len();
        assert_eq!(found, expected, "{body}");
    }
    let decorated = "@transaction.atomic\ndef order(request):\n    o = Order.objects.create()\n    mail.delay(o.pk)";
    assert_eq!(dealings(decorated).sent.len(), 1);
}

#[test]
fn what_the_request_holds_is_turned_as_it_comes() {
    for (body, expected) in [
        ("int(request.GET['page'])", 1),
        ("page = request.GET.get('page', 1)\n    int(page)", 1),
        ("Decimal(request.POST.get('amount') or 0)", 1),
        ("try:\n        int(request.GET['page'])\n    except ValueError:\n        pass", 0),
        ("page = request.GET['page']\n    if page.isdigit():\n        int(page)", 0),
        ("int(pk)", 0),
        ("int(request.session['page'])", 0),
    ] {
        let found = dealings(&format!("def view(request, pk):\n    {body}\n")).turned.len();
        assert_eq!(found, expected, "{body}");
    }
}

#[test]
fn how_handlers_answer() {
    for (handler, expected) in [
        ("return JsonResponse({'error': str(e)})", Some(AnswerHow::ShownOnly)),
        (
            "logger.exception('x')\n        return Response(f'failed: {e}', status=500)",
            Some(AnswerHow::Shown),
        ),
        ("messages.error(request, e)", Some(AnswerHow::ShownOnly)),
        ("return Response({'error': 'failed'}, status=500)", Some(AnswerHow::Lost)),
        ("messages.error(request, 'failed')\n        return redirect('/')", Some(AnswerHow::Lost)),
        ("print(e)", Some(AnswerHow::Printed)),
        ("log.warning('failed')\n        return Response(status=500)", None),
        ("report_error(e)\n        return Response(status=500)", None),
        ("return Response({'error': 'no such token'}, status=400)", None),
        ("return Response(status=status.HTTP_404_NOT_FOUND)", None),
        ("raise Failed(str(e))", None),
        ("return ClaudeResponse(str(e))", None),
        ("return None", None),
    ] {
        let code = format!(
            "def view(request):\n    try:\n        a()\n        b()\n    except Exception as e:\n        {handler}\n"
        );
        let found = dealings(&code).answers.first().map(|answer| answer.how);
        assert_eq!(found, expected, "{handler}");
    }
    let conversion = "def view(request):\n    try:\n        day = strptime(x)\n    except Exception:\n        messages.error(request, 'no date')\n";
    assert_eq!(dealings(conversion).answers, []);
}
