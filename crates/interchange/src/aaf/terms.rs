//! Classes, properties and definitions by name. Ids are those of the AAF Object Specification 1.1.

use super::id::Auid;

/// The id of a class of objects, of which only one byte differs.
const fn class(n: u8) -> Auid {
    Auid([1, 1, 1, 0x0d, 1, 1, 0, n, 6, 0x0e, 0x2b, 0x34, 2, 6, 1, 1])
}

/// The root of a file, which is in no dictionary.
pub(super) const ROOT: Auid = Auid::known("b3b398a5-1c90-11d4-8053-080036210804");

/// Classes of what a project is made of.
pub(super) mod classes {
    use super::{Auid, class};

    pub const COMMENT_MARKER: Auid = class(0x08);
    pub const FILLER: Auid = class(0x09);
    pub const OPERATION_GROUP: Auid = class(0x0a);
    pub const SELECTOR: Auid = class(0x0e);
    pub const SEQUENCE: Auid = class(0x0f);
    pub const SOURCE_CLIP: Auid = class(0x11);
    pub const TIMECODE: Auid = class(0x14);
    pub const TRANSITION: Auid = class(0x17);
    pub const CONTENT_STORAGE: Auid = class(0x18);
    pub const CONTROL_POINT: Auid = class(0x19);
    pub const DATA_DEFINITION: Auid = class(0x1b);
    pub const OPERATION_DEFINITION: Auid = class(0x1c);
    pub const PARAMETER_DEFINITION: Auid = class(0x1d);
    pub const CONTAINER_DEFINITION: Auid = class(0x20);
    pub const INTERPOLATION_DEFINITION: Auid = class(0x21);
    pub const DICTIONARY: Auid = class(0x22);
    pub const WAVE_DESCRIPTOR: Auid = class(0x2c);
    pub const HEADER: Auid = class(0x2f);
    pub const IDENTIFICATION: Auid = class(0x30);
    pub const NETWORK_LOCATOR: Auid = class(0x32);
    pub const COMPOSITION_MOB: Auid = class(0x35);
    pub const MASTER_MOB: Auid = class(0x36);
    pub const SOURCE_MOB: Auid = class(0x37);
    pub const EVENT_MOB_SLOT: Auid = class(0x39);
    pub const TIMELINE_MOB_SLOT: Auid = class(0x3b);
    pub const CONSTANT_VALUE: Auid = class(0x3d);
    pub const VARYING_VALUE: Auid = class(0x3e);
    pub const DESCRIPTIVE_MARKER: Auid = class(0x41);
}

/// Properties, by the number that stands for them in a file.
pub(super) mod pids {
    pub const META_DICTIONARY: u16 = 0x0001;
    pub const HEADER: u16 = 0x0002;
    pub const META_CLASSES: u16 = 0x0003;
    pub const META_TYPES: u16 = 0x0004;
    pub const META_IDENTIFICATION: u16 = 0x0005;
    pub const META_NAME: u16 = 0x0006;
    pub const PARENT: u16 = 0x0008;
    pub const PROPERTIES: u16 = 0x0009;
    pub const IS_CONCRETE: u16 = 0x000a;
    pub const PROPERTY_TYPE: u16 = 0x000b;
    pub const IS_OPTIONAL: u16 = 0x000c;
    pub const LOCAL_ID: u16 = 0x000d;
    pub const IS_KEY: u16 = 0x000e;
    pub const INTEGER_SIZE: u16 = 0x000f;
    pub const IS_SIGNED: u16 = 0x0010;
    pub const STRONG_CLASS: u16 = 0x0011;
    pub const WEAK_CLASS: u16 = 0x0012;
    pub const TARGET_SET: u16 = 0x0013;
    pub const ENUM_TYPE: u16 = 0x0014;
    pub const ENUM_NAMES: u16 = 0x0015;
    pub const ENUM_VALUES: u16 = 0x0016;
    pub const ARRAY_TYPE: u16 = 0x0017;
    pub const ARRAY_COUNT: u16 = 0x0018;
    pub const ROW_TYPE: u16 = 0x0019;
    pub const SET_TYPE: u16 = 0x001a;
    pub const STRING_TYPE: u16 = 0x001b;
    pub const MEMBER_TYPES: u16 = 0x001c;
    pub const MEMBER_NAMES: u16 = 0x001d;
    pub const RENAMED_TYPE: u16 = 0x001e;
    pub const ID_NAMES: u16 = 0x001f;
    pub const ID_VALUES: u16 = 0x0020;

    pub const DATA_DEFINITION: u16 = 0x0201;
    pub const LENGTH: u16 = 0x0202;
    pub const KLV_DATA: u16 = 0x0203;
    pub const USER_COMMENTS: u16 = 0x0204;
    pub const ATTRIBUTES: u16 = 0x0205;
    pub const EVENT_POSITION: u16 = 0x0601;
    pub const EVENT_COMMENT: u16 = 0x0602;
    pub const OPERATION: u16 = 0x0b01;
    pub const INPUT_SEGMENTS: u16 = 0x0b02;
    pub const PARAMETERS: u16 = 0x0b03;
    pub const SELECTED: u16 = 0x0f01;
    pub const COMPONENTS: u16 = 0x1001;
    pub const SOURCE_ID: u16 = 0x1101;
    pub const SOURCE_MOB_SLOT_ID: u16 = 0x1102;
    pub const START_TIME: u16 = 0x1201;
    pub const FADE_IN_LENGTH: u16 = 0x1202;
    pub const FADE_OUT_LENGTH: u16 = 0x1204;
    pub const TIMECODE_START: u16 = 0x1501;
    pub const TIMECODE_FPS: u16 = 0x1502;
    pub const TIMECODE_DROP: u16 = 0x1503;
    pub const MOBS: u16 = 0x1901;
    pub const ESSENCE_DATA: u16 = 0x1902;
    pub const POINT_VALUE: u16 = 0x1a02;
    pub const POINT_TIME: u16 = 0x1a03;
    pub const IDENTIFICATION: u16 = 0x1b01;
    pub const DEFINITION_NAME: u16 = 0x1b02;
    pub const DEFINITION_DESCRIPTION: u16 = 0x1b03;
    pub const OPERATION_DATA_DEFINITION: u16 = 0x1e01;
    pub const IS_TIME_WARP: u16 = 0x1e02;
    pub const OPERATION_CATEGORY: u16 = 0x1e06;
    pub const NUMBER_INPUTS: u16 = 0x1e07;
    pub const BYPASS: u16 = 0x1e08;
    pub const PARAMETERS_DEFINED: u16 = 0x1e09;
    pub const PARAMETER_TYPE: u16 = 0x1f01;
    pub const OPERATION_DEFINITIONS: u16 = 0x2603;
    pub const PARAMETER_DEFINITIONS: u16 = 0x2604;
    pub const DATA_DEFINITIONS: u16 = 0x2605;
    pub const CONTAINER_DEFINITIONS: u16 = 0x2608;
    pub const INTERPOLATION_DEFINITIONS: u16 = 0x2609;
    pub const LOCATOR: u16 = 0x2f01;
    pub const SAMPLE_RATE: u16 = 0x3001;
    pub const FILE_LENGTH: u16 = 0x3002;
    pub const CONTAINER_FORMAT: u16 = 0x3004;
    pub const SUMMARY: u16 = 0x3801;
    pub const BYTE_ORDER: u16 = 0x3b01;
    pub const HEADER_LAST_MODIFIED: u16 = 0x3b02;
    pub const CONTENT: u16 = 0x3b03;
    pub const DICTIONARY: u16 = 0x3b04;
    pub const VERSION: u16 = 0x3b05;
    pub const IDENTIFICATION_LIST: u16 = 0x3b06;
    pub const OBJECT_MODEL_VERSION: u16 = 0x3b07;
    pub const OPERATIONAL_PATTERN: u16 = 0x3b09;
    pub const COMPANY_NAME: u16 = 0x3c01;
    pub const PRODUCT_NAME: u16 = 0x3c02;
    pub const PRODUCT_VERSION: u16 = 0x3c03;
    pub const PRODUCT_VERSION_STRING: u16 = 0x3c04;
    pub const PRODUCT_ID: u16 = 0x3c05;
    pub const DATE: u16 = 0x3c06;
    pub const PLATFORM: u16 = 0x3c08;
    pub const GENERATION: u16 = 0x3c09;
    pub const CHANNELS: u16 = 0x3d07;
    pub const URL: u16 = 0x4001;
    pub const LOCATOR_NAME: u16 = 0x4101;
    pub const MOB_ID: u16 = 0x4401;
    pub const MOB_NAME: u16 = 0x4402;
    pub const SLOTS: u16 = 0x4403;
    pub const MOB_LAST_MODIFIED: u16 = 0x4404;
    pub const CREATION_TIME: u16 = 0x4405;
    pub const MOB_USER_COMMENTS: u16 = 0x4406;
    pub const MOB_KLV_DATA: u16 = 0x4407;
    pub const USAGE_CODE: u16 = 0x4408;
    pub const MOB_ATTRIBUTES: u16 = 0x4409;
    pub const ESSENCE_DESCRIPTION: u16 = 0x4701;
    pub const SLOT_ID: u16 = 0x4801;
    pub const SLOT_NAME: u16 = 0x4802;
    pub const SEGMENT: u16 = 0x4803;
    pub const PHYSICAL_TRACK: u16 = 0x4804;
    pub const EVENT_EDIT_RATE: u16 = 0x4901;
    pub const EDIT_RATE: u16 = 0x4b01;
    pub const ORIGIN: u16 = 0x4b02;
    pub const DEFINITION: u16 = 0x4c01;
    pub const CONSTANT: u16 = 0x4d01;
    pub const INTERPOLATION: u16 = 0x4e01;
    pub const POINT_LIST: u16 = 0x4e02;
    pub const DESCRIBED_SLOTS: u16 = 0x6102;
}

/// What is defined in a file's dictionary.
pub(super) mod defined {
    use super::Auid;

    /// Sound, as Pro Tools and the first version of AAF have it.
    pub const SOUND: Auid = Auid::known("78e1ebe1-6cef-11d2-807d-006008143e6f");
    /// Sound, as later versions have it.
    pub const SOUND_LATER: Auid = Auid::known("01030202-0200-0000-060e-2b3404010101");
    pub const TIMECODE: Auid = Auid::known("7f275e81-77e5-11d2-807f-006008143e6f");
    pub const DESCRIPTIVE: Auid = Auid::known("01030201-1000-0000-060e-2b3404010101");
    pub const GAIN: Auid = Auid::known("9d2ea894-0968-11d3-8a38-0050040ef7d2");
    pub const STEREO_GAIN: Auid = Auid::known("9d2ea895-0968-11d3-8a38-0050040ef7d2");
    pub const PAN: Auid = Auid::known("9d2ea893-0968-11d3-8a38-0050040ef7d2");
    /// The parameter of a gain: times the sound.
    pub const AMPLITUDE: Auid = Auid::known("e4962321-2267-11d3-8a4c-0050040ef7d2");
    /// The parameter of a pan: 0 left, 1 right.
    pub const PLACE: Auid = Auid::known("e4962322-2267-11d3-8a4c-0050040ef7d2");
    pub const LINEAR: Auid = Auid::known("5b6c85a4-0ede-11d3-80a9-006008143e6f");
    pub const HELD: Auid = Auid::known("5b6c85a5-0ede-11d3-80a9-006008143e6f");
    pub const CONTAINER: Auid = Auid::known("4313b571-d8ba-11d2-809b-006008143e6f");
    pub const TOP_LEVEL: Auid = Auid::known("0d010102-0101-0700-060e-2b3404010101");
    pub const EFFECT: Auid = Auid::known("0d010102-0101-0100-060e-2b3404010101");
    pub const EDIT_PROTOCOL: Auid = Auid::known("0d011201-0100-0000-060e-2b3404010105");
    /// The type of a rational number.
    pub const RATIONAL: Auid = Auid::known("03010100-0000-0000-060e-2b3401040101");
}
