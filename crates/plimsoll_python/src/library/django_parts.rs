//! Parts of Django that settings hold as objects, or call for a text: form fields, validators, safe
//! strings, hosts.

use super::django::{is_promise, promise};
use super::prelude::*;

const DJANGO: Option<&str> = Some("django");

pub(super) const MODELS: &[Model] = &[
    Model { name: "django.forms", distribution: DJANGO, build: build_forms },
    Model { name: "django.forms.fields", distribution: DJANGO, build: build_fields },
    Model { name: "django.forms.widgets", distribution: DJANGO, build: build_widgets },
    Model { name: "django.core.validators", distribution: DJANGO, build: build_validators },
    Model { name: "django.utils.safestring", distribution: DJANGO, build: build_safe },
    Model { name: "django.utils.text", distribution: DJANGO, build: build_text },
    Model { name: "django.http", distribution: DJANGO, build: build_open },
    Model { name: "django.http.request", distribution: DJANGO, build: build_request },
];

/// Fields of Django 1.11 to 6.1, as `django.forms` gives them.
const FIELDS: &[&str] = &[
    "BooleanField",
    "CharField",
    "ChoiceField",
    "ComboField",
    "DateField",
    "DateTimeField",
    "DecimalField",
    "DurationField",
    "EmailField",
    "Field",
    "FileField",
    "FilePathField",
    "FloatField",
    "GenericIPAddressField",
    "ImageField",
    "IntegerField",
    "JSONField",
    "MultiValueField",
    "MultipleChoiceField",
    "NullBooleanField",
    "RegexField",
    "SlugField",
    "SplitDateTimeField",
    "TimeField",
    "TypedChoiceField",
    "TypedMultipleChoiceField",
    "URLField",
    "UUIDField",
];
const WIDGETS: &[&str] = &[
    "CheckboxInput",
    "CheckboxSelectMultiple",
    "ClearableFileInput",
    "DateInput",
    "DateTimeInput",
    "EmailInput",
    "FileInput",
    "HiddenInput",
    "MultiWidget",
    "MultipleHiddenInput",
    "NullBooleanSelect",
    "NumberInput",
    "PasswordInput",
    "RadioSelect",
    "Select",
    "SelectDateWidget",
    "SelectMultiple",
    "SplitDateTimeWidget",
    "SplitHiddenDateTimeWidget",
    "TextInput",
    "Textarea",
    "TimeInput",
    "URLInput",
    "Widget",
];
const VALIDATORS: &[&str] = &[
    "DecimalValidator",
    "EmailValidator",
    "FileExtensionValidator",
    "MaxLengthValidator",
    "MaxValueValidator",
    "MinLengthValidator",
    "MinValueValidator",
    "ProhibitNullCharactersValidator",
    "RegexValidator",
    "StepValueValidator",
    "URLValidator",
];

fn records(module: &mut Builder<'_, '_>, home: &str, names: &[&str]) {
    for name in names {
        module.record(name, &format!("{home}.{name}"));
    }
    module.unknown("this part of Django is not modelled");
}

fn build_forms(module: &mut Builder<'_, '_>) {
    for (home, names) in [("fields", FIELDS), ("widgets", WIDGETS)] {
        for name in names {
            let class = module.import(&format!("django.forms.{home}"), name);
            module.value(name, class);
        }
        let below = module.interp.model_module(&format!("django.forms.{home}"));
        module.value(home, below.unwrap_or(Val::NONE));
    }
    module.unknown("this part of Django is not modelled");
}

fn build_fields(module: &mut Builder<'_, '_>) {
    records(module, "django.forms.fields", FIELDS);
}

fn build_widgets(module: &mut Builder<'_, '_>) {
    records(module, "django.forms.widgets", WIDGETS);
}

fn build_validators(module: &mut Builder<'_, '_>) {
    records(module, "django.core.validators", VALIDATORS);
}

static MARK_SAFE: Native = function("django.utils.safestring.mark_safe", |interp, call| {
    let value = call.get(0, "s").cloned().unwrap_or(Val::NONE);
    Ok(match &value.kind {
        // A `SafeString` is the text with a mark that templates look at.
        Kind::Str(_) => value,
        _ if is_promise(interp, &value) => value,
        _ => interp.why_unknown(&value),
    })
});

fn build_safe(module: &mut Builder<'_, '_>) {
    module.function("mark_safe", &MARK_SAFE);
    build_open(module);
}

fn build_text(module: &mut Builder<'_, '_>) {
    // A lazy text, put together when it is used.
    static FORMAT: Native =
        function("django.utils.text.format_lazy", |interp, _| Ok(promise(interp, None)));
    module.function("format_lazy", &FORMAT);
    build_open(module);
}

fn build_open(module: &mut Builder<'_, '_>) {
    module.unknown("this part of Django is not modelled");
}

fn build_request(module: &mut Builder<'_, '_>) {
    static SPLIT: Native = function("django.http.request.split_domain_port", split_domain_port);
    module.function("split_domain_port", &SPLIT);
    build_open(module);
}

/// `(domain, port)` of a host in its plain form, which all versions split alike.
fn split_domain_port(interp: &mut Interp<'_>, call: Call) -> Outcome {
    let value = call.get(0, "host").cloned().unwrap_or(Val::NONE);
    let Some(host) = value.as_str().map(str::to_lowercase) else {
        return Ok(interp.why_unknown(&value));
    };
    let (domain, port) = host.split_once(':').unwrap_or((&host, ""));
    let is_domain = !domain.is_empty()
        && domain.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-'));
    let has_port = host.contains(':');
    if !is_domain
        || has_port && port.is_empty()
        || !port.bytes().all(|c| c.is_ascii_digit())
        || domain.ends_with("..")
    {
        return Ok(Val::unknown("a host in a form that is not modelled"));
    }
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    Ok(Val::tuple(vec![Val::str(domain), Val::str(port)]).with_deps(&value.deps))
}
