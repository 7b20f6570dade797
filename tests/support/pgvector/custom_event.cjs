// Node 18, which Debian 12 has, lacks a global class that pglite-socket uses and Node 19 brought.
globalThis.CustomEvent ??= class CustomEvent extends Event {
    constructor(type, options) {
        super(type, options);
        this.detail = options?.detail ?? null;
    }
};
