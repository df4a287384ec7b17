//! What names mean while a template is resolved.

use crate::environment::Environment;
use crate::error::TemplateError;
use crate::physical;
use crate::place::Place;
use serde_json::Value;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Parameters, conditions, resources and the account.
pub(crate) struct Scope<'a> {
    pub(crate) document: &'a Value,
    pub(crate) environment: &'a Environment,
    pub(crate) parameters: BTreeMap<String, Value>,
    /// `None` while the conditions themselves are evaluated: then resources have no meaning either.
    pub(crate) conditions: Option<BTreeMap<String, bool>>,
    /// The resources whose properties are being read to name them, to notice a circle.
    pub(crate) being_named: RefCell<Vec<String>>,
}

impl Scope<'_> {
    /// What `!Ref name` stands for; `None` is `AWS::NoValue`.
    pub(crate) fn reference(
        &self,
        name: &str,
        place: &Place<'_>,
    ) -> Result<Option<Value>, TemplateError> {
        if name == "AWS::NoValue" {
            return Ok(None);
        }
        if let Some(value) = self.environment.pseudo_parameter(name) {
            return Ok(Some(Value::String(value)));
        }
        if let Some(value) = self.parameters.get(name) {
            return Ok(Some(value.clone()));
        }
        let resource = self.resource(name, place)?;
        physical::reference(self, name, resource, place).map(|text| Some(Value::String(text)))
    }

    /// What `!GetAtt name.attribute` stands for.
    pub(crate) fn attribute(
        &self,
        name: &str,
        attribute: &str,
        place: &Place<'_>,
    ) -> Result<String, TemplateError> {
        let resource = self.resource(name, place)?;
        physical::attribute(self, name, resource, attribute, place)
    }

    pub(crate) fn condition(&self, name: &str, place: &Place<'_>) -> Result<bool, TemplateError> {
        let value = self
            .conditions
            .as_ref()
            .and_then(|conditions| conditions.get(name));
        value.copied().ok_or_else(|| {
            TemplateError::at(
                place,
                format_args!("{name} is not a condition of this template"),
            )
        })
    }

    /// Whether a resource or an output is part of this deployment.
    pub(crate) fn exists(&self, item: &Value, place: &Place<'_>) -> Result<bool, TemplateError> {
        match item.get("Condition").and_then(Value::as_str) {
            Some(condition) => self.condition(condition, place),
            None => Ok(true),
        }
    }

    fn resource(&self, name: &str, place: &Place<'_>) -> Result<&Value, TemplateError> {
        let found = self
            .document
            .get("Resources")
            .and_then(|resources| resources.get(name));
        match found {
            _ if self.conditions.is_none() => Err(TemplateError::at(
                place,
                format_args!("{name} is not a parameter: a condition sees parameters only"),
            )),
            None => Err(TemplateError::at(
                place,
                format_args!("{name} is neither a parameter nor a resource of this template"),
            )),
            Some(resource) if self.exists(resource, place)? => Ok(resource),
            Some(_) => Err(TemplateError::at(
                place,
                format_args!("{name} is left out by its condition"),
            )),
        }
    }
}
