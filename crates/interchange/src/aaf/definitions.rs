//! The kinds of sound, processors and knobs that a file defines for its own parts.

use super::id::Auid;
use super::object::{Object, Value};
use super::terms::{classes, defined, pids};

/// What the file's own parts refer to.
pub(super) fn dictionary() -> Object {
    let definition = |class: Auid, id: Auid, name: &str| {
        Object::new(class)
            .id(pids::IDENTIFICATION, id)
            .text(pids::DEFINITION_NAME, name)
            .text(pids::DEFINITION_DESCRIPTION, "")
    };
    let operation = |id: Auid, name: &str, knob: Auid| {
        definition(classes::OPERATION_DEFINITION, id, name)
            .weak(pids::OPERATION_DATA_DEFINITION, defined::SOUND)
            .flag(pids::IS_TIME_WARP, false)
            .id(pids::OPERATION_CATEGORY, defined::EFFECT)
            .u32(pids::NUMBER_INPUTS, 1)
            .u32(pids::BYPASS, 0)
            .with(pids::PARAMETERS_DEFINED, Value::Weaks(vec![knob], false))
    };
    let parameter = |id: Auid, name: &str| {
        definition(classes::PARAMETER_DEFINITION, id, name).weak(pids::PARAMETER_TYPE, defined::RATIONAL)
    };
    let data = |id: Auid, name: &str| definition(classes::DATA_DEFINITION, id, name);
    let set = |object: Object, pid: u16, all: Vec<Object>| object.set(pid, pids::IDENTIFICATION, all);
    let dictionary = set(
        Object::new(classes::DICTIONARY),
        pids::DATA_DEFINITIONS,
        vec![
            data(defined::SOUND, "Sound"),
            data(defined::TIMECODE, "Timecode"),
            data(defined::DESCRIPTIVE, "Descriptive Metadata"),
        ],
    );
    let operations = vec![
        operation(defined::GAIN, "Mono Audio Gain", defined::AMPLITUDE),
        operation(defined::PAN, "Mono Audio Pan", defined::PLACE),
    ];
    let dictionary = set(dictionary, pids::OPERATION_DEFINITIONS, operations);
    let parameters = vec![parameter(defined::AMPLITUDE, "Amplitude"), parameter(defined::PLACE, "Pan")];
    let dictionary = set(dictionary, pids::PARAMETER_DEFINITIONS, parameters);
    let containers = vec![definition(classes::CONTAINER_DEFINITION, defined::CONTAINER, "AAF")];
    let dictionary = set(dictionary, pids::CONTAINER_DEFINITIONS, containers);
    let lines = vec![definition(classes::INTERPOLATION_DEFINITION, defined::LINEAR, "LinearInterp")];
    set(dictionary, pids::INTERPOLATION_DEFINITIONS, lines)
}
