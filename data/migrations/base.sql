CREATE TABLE account (id BLOB NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL, is_admin BOOLEAN NOT NULL,
    secret_kind TEXT NOT NULL, secret_hash TEXT NOT NULL, banned_at BIGINT, created_at BIGINT NOT NULL, ban_reason
    TEXT DEFAULT '' NOT NULL, erased_at BIGINT, commission_bp INTEGER, folded_name TEXT DEFAULT '' NOT NULL,
    desk_pin_hash TEXT, CONSTRAINT pk_account PRIMARY KEY (id), CONSTRAINT uq_account_email UNIQUE (email))

CREATE TABLE audit (seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, at BIGINT NOT NULL, actor_kind
    TEXT NOT NULL, actor_id BLOB, actor_name TEXT NOT NULL, verb TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id
    BLOB, event_id BLOB, detail JSON NOT NULL, salts JSON, withheld JSON, CONSTRAINT uq_audit_id UNIQUE (id))

CREATE TABLE audit_link (seq INTEGER NOT NULL, digest BLOB NOT NULL, CONSTRAINT pk_audit_link PRIMARY KEY (seq))

CREATE TABLE device (id BLOB NOT NULL, name TEXT NOT NULL, created_at BIGINT NOT NULL, revoked_at BIGINT, CONSTRAINT
    pk_device PRIMARY KEY (id))

CREATE TABLE event (id BLOB NOT NULL, number INTEGER NOT NULL, code TEXT NOT NULL, name TEXT NOT NULL, state TEXT NOT
    NULL, time_zone TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, currency TEXT NOT NULL,
    currency_exponent INTEGER NOT NULL, staff_pin_hash TEXT, created_at BIGINT NOT NULL, folded_name TEXT DEFAULT ''
    NOT NULL, description TEXT DEFAULT '' NOT NULL, category TEXT DEFAULT '' NOT NULL, language TEXT DEFAULT '' NOT
    NULL, venue_id BLOB REFERENCES venue (id), online_url TEXT DEFAULT '' NOT NULL, capacity INTEGER, visibility TEXT
    DEFAULT 'public' NOT NULL, access_code TEXT DEFAULT '' NOT NULL, refusal TEXT DEFAULT '' NOT NULL, submitted_at
    BIGINT, published_at BIGINT, cancelled_at BIGINT, owner_id BLOB REFERENCES account (id), commission_bp INTEGER,
    prices_include_tax BOOLEAN DEFAULT 1 NOT NULL, hold_minutes INTEGER DEFAULT '15' NOT NULL, offer_minutes INTEGER
    DEFAULT '120' NOT NULL, waitlist_auto BOOLEAN DEFAULT 0 NOT NULL, cancel_until BIGINT, cancel_fee_bp INTEGER
    DEFAULT '0' NOT NULL, cancel_fee_minor INTEGER DEFAULT '0' NOT NULL, transfer_until BIGINT, queue_from BIGINT,
    queue_until BIGINT, invoice_sender TEXT DEFAULT '' NOT NULL, bank_details TEXT DEFAULT '' NOT NULL, badge_layout
    TEXT DEFAULT '' NOT NULL, badge_correction BOOLEAN DEFAULT 0 NOT NULL, reprint_limit INTEGER DEFAULT '1' NOT NULL,
    CONSTRAINT pk_event PRIMARY KEY (id), CONSTRAINT uq_event_code UNIQUE (code), CONSTRAINT uq_event_number UNIQUE
    (number))

CREATE TABLE name_word (no INTEGER NOT NULL, word TEXT NOT NULL, CONSTRAINT pk_name_word PRIMARY KEY (no), CONSTRAINT
    uq_name_word_word UNIQUE (word))

CREATE TABLE setting ("key" TEXT NOT NULL, value TEXT NOT NULL, CONSTRAINT pk_setting PRIMARY KEY ("key"))

CREATE TABLE token_key (key_id INTEGER NOT NULL, fingerprint TEXT NOT NULL, first_used_at BIGINT NOT NULL, CONSTRAINT
    pk_token_key PRIMARY KEY (key_id))

CREATE TABLE wrong_try (subject TEXT NOT NULL, tries INTEGER NOT NULL, last_at BIGINT NOT NULL, CONSTRAINT
    pk_wrong_try PRIMARY KEY (subject))

CREATE TABLE booking (id BLOB NOT NULL, event_id BLOB NOT NULL, account_id BLOB, code TEXT NOT NULL, state TEXT NOT
    NULL, approved BOOLEAN NOT NULL, name TEXT NOT NULL, email TEXT NOT NULL, total_minor INTEGER NOT NULL, currency
    TEXT NOT NULL, currency_exponent INTEGER NOT NULL, created_at BIGINT NOT NULL, no INTEGER, expires_at BIGINT,
    cancelled_at BIGINT, source TEXT DEFAULT '' NOT NULL, external_ref TEXT, discount_code TEXT DEFAULT '' NOT NULL,
    folded_name TEXT DEFAULT '' NOT NULL, note TEXT DEFAULT '' NOT NULL, kept_minor INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_booking PRIMARY KEY (id), CONSTRAINT fk_booking_account_id_account FOREIGN KEY(account_id)
    REFERENCES account (id), CONSTRAINT fk_booking_event_id_event FOREIGN KEY(event_id) REFERENCES event (id),
    CONSTRAINT uq_booking_code UNIQUE (code))

CREATE INDEX ix_booking_account_id ON booking (account_id)

CREATE INDEX ix_booking_event_id ON booking (event_id)

CREATE TABLE check_in_list (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    opens_at BIGINT, closes_at BIGINT, entry_policy TEXT NOT NULL, direction TEXT NOT NULL, unpaid_policy TEXT NOT
    NULL, print_policy TEXT NOT NULL, exit_needs_entry BOOLEAN NOT NULL, min_minutes_between INTEGER NOT NULL,
    max_entries INTEGER, attention TEXT NOT NULL, questions JSON NOT NULL, kind TEXT DEFAULT 'arrive' NOT NULL, rules
    JSON DEFAULT '[]' NOT NULL, room_id BLOB REFERENCES room (id), session_id BLOB REFERENCES session (id), capacity
    INTEGER, item TEXT DEFAULT '' NOT NULL, item_question_id BLOB REFERENCES question (id), auto_exit TEXT DEFAULT ''
    NOT NULL, ends_stays BOOLEAN DEFAULT 0 NOT NULL, CONSTRAINT pk_check_in_list PRIMARY KEY (id), CONSTRAINT
    fk_check_in_list_event_id_event FOREIGN KEY(event_id) REFERENCES event (id))

CREATE INDEX ix_check_in_list_event_id ON check_in_list (event_id)

CREATE TABLE event_role (event_id BLOB NOT NULL, account_id BLOB NOT NULL, role TEXT NOT NULL, permissions JSON
    DEFAULT '[]' NOT NULL, CONSTRAINT pk_event_role PRIMARY KEY (event_id, account_id), CONSTRAINT
    fk_event_role_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), CONSTRAINT
    fk_event_role_event_id_event FOREIGN KEY(event_id) REFERENCES event (id))

CREATE INDEX ix_event_role_account_id ON event_role (account_id)

CREATE TABLE gate (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, CONSTRAINT pk_gate PRIMARY KEY (id),
    CONSTRAINT fk_gate_event_id_event FOREIGN KEY(event_id) REFERENCES event (id))

CREATE INDEX ix_gate_event_id ON gate (event_id)

CREATE TABLE ticket_type (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, price_minor INTEGER NOT NULL,
    quota INTEGER, priority INTEGER NOT NULL, position INTEGER NOT NULL, needs_approval BOOLEAN NOT NULL, sales_from
    BIGINT, sales_until BIGINT, valid_from BIGINT, valid_until BIGINT, description TEXT DEFAULT '' NOT NULL, active
    BOOLEAN DEFAULT 1 NOT NULL, hidden BOOLEAN DEFAULT 0 NOT NULL, most_per_booking INTEGER, tax_bp INTEGER DEFAULT
    '0' NOT NULL, fee_bp INTEGER DEFAULT '0' NOT NULL, fee_minor INTEGER DEFAULT '0' NOT NULL, section_id BLOB
    REFERENCES seat_section (id), waitlist BOOLEAN DEFAULT 1 NOT NULL, accompanied BOOLEAN DEFAULT 0 NOT NULL,
    CONSTRAINT pk_ticket_type PRIMARY KEY (id), CONSTRAINT fk_ticket_type_event_id_event FOREIGN KEY(event_id)
    REFERENCES event (id))

CREATE INDEX ix_ticket_type_event_id ON ticket_type (event_id)

CREATE TABLE check_in_list_type (list_id BLOB NOT NULL, ticket_type_id BLOB NOT NULL, CONSTRAINT pk_check_in_list_type
    PRIMARY KEY (list_id, ticket_type_id), CONSTRAINT fk_check_in_list_type_list_id_check_in_list FOREIGN KEY(list_id)
    REFERENCES check_in_list (id), CONSTRAINT fk_check_in_list_type_ticket_type_id_ticket_type FOREIGN
    KEY(ticket_type_id) REFERENCES ticket_type (id))

CREATE TABLE ticket (id BLOB NOT NULL, event_id BLOB NOT NULL, booking_id BLOB NOT NULL, ticket_type_id BLOB NOT NULL,
    code TEXT NOT NULL, state TEXT NOT NULL, holder_name TEXT NOT NULL, holder_email TEXT NOT NULL, line_two TEXT NOT
    NULL, seat TEXT NOT NULL, attention TEXT NOT NULL, blocked_note TEXT, valid_from BIGINT, valid_until BIGINT,
    key_id INTEGER NOT NULL, revision INTEGER NOT NULL, search_no INTEGER NOT NULL, created_at BIGINT NOT NULL,
    account_id BLOB REFERENCES account (id), price_minor INTEGER DEFAULT '0' NOT NULL, discount_minor INTEGER DEFAULT
    '0' NOT NULL, tax_minor INTEGER DEFAULT '0' NOT NULL, fee_minor INTEGER DEFAULT '0' NOT NULL, commission_minor
    INTEGER DEFAULT '0' NOT NULL, discount_id BLOB REFERENCES discount (id), external_ref TEXT, companion_of BLOB
    REFERENCES ticket (id), foreign_code TEXT COLLATE "NOCASE", CONSTRAINT pk_ticket PRIMARY KEY (id), CONSTRAINT
    fk_ticket_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), CONSTRAINT fk_ticket_event_id_event
    FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_ticket_key_id_token_key FOREIGN KEY(key_id) REFERENCES
    token_key (key_id), CONSTRAINT fk_ticket_ticket_type_id_ticket_type FOREIGN KEY(ticket_type_id) REFERENCES
    ticket_type (id), CONSTRAINT uq_ticket_code UNIQUE (code), CONSTRAINT uq_ticket_search_no UNIQUE (search_no))

CREATE INDEX ix_ticket_booking_id ON ticket (booking_id)

CREATE INDEX ix_ticket_event_id_ticket_type_id_state ON ticket (event_id, ticket_type_id, state)

CREATE TABLE scan (no INTEGER NOT NULL, id BLOB NOT NULL, device_id BLOB NOT NULL, nonce TEXT NOT NULL, event_id BLOB
    NOT NULL, list_id BLOB NOT NULL, ticket_id BLOB, gate_id BLOB, actor_id BLOB, actor_name TEXT NOT NULL, source
    TEXT NOT NULL, direction TEXT NOT NULL, outcome TEXT NOT NULL, reason TEXT NOT NULL, scanned TEXT NOT NULL, forced
    BOOLEAN NOT NULL, force_reason TEXT NOT NULL, seen_at BIGINT NOT NULL, recorded_at BIGINT NOT NULL, result TEXT
    NOT NULL, annulled_at BIGINT, annulled_by TEXT, annulled_reason TEXT, answers JSON DEFAULT '{}' NOT NULL,
    approved_by TEXT DEFAULT '' NOT NULL, group_id BLOB, CONSTRAINT pk_scan PRIMARY KEY (no), CONSTRAINT
    fk_scan_device_id_device FOREIGN KEY(device_id) REFERENCES device (id), CONSTRAINT fk_scan_event_id_event FOREIGN
    KEY(event_id) REFERENCES event (id), CONSTRAINT fk_scan_gate_id_gate FOREIGN KEY(gate_id) REFERENCES gate (id),
    CONSTRAINT fk_scan_list_id_check_in_list FOREIGN KEY(list_id) REFERENCES check_in_list (id), CONSTRAINT
    fk_scan_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id), CONSTRAINT uq_scan_device_id_nonce UNIQUE
    (device_id, nonce), CONSTRAINT uq_scan_id UNIQUE (id))

CREATE INDEX ix_scan_list_id_no ON scan (list_id, no)

CREATE INDEX ix_scan_list_id_outcome ON scan (list_id, outcome)

CREATE INDEX ix_scan_ticket_id_list_id ON scan (ticket_id, list_id) WHERE ticket_id IS NOT NULL

CREATE TABLE token_revocation (ticket_id BLOB NOT NULL, revision INTEGER NOT NULL, reason TEXT NOT NULL, revoked_at
    BIGINT NOT NULL, actor_name TEXT NOT NULL, CONSTRAINT pk_token_revocation PRIMARY KEY (ticket_id, revision),
    CONSTRAINT fk_token_revocation_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id))

CREATE TABLE admission (id BLOB NOT NULL, ticket_id BLOB NOT NULL, list_id BLOB NOT NULL, slot TEXT NOT NULL, scan_id
    BLOB NOT NULL, admitted_at BIGINT NOT NULL, CONSTRAINT pk_admission PRIMARY KEY (id), CONSTRAINT
    fk_admission_list_id_check_in_list FOREIGN KEY(list_id) REFERENCES check_in_list (id), CONSTRAINT
    fk_admission_scan_id_scan FOREIGN KEY(scan_id) REFERENCES scan (id), CONSTRAINT fk_admission_ticket_id_ticket
    FOREIGN KEY(ticket_id) REFERENCES ticket (id), CONSTRAINT uq_admission_scan_id UNIQUE (scan_id), CONSTRAINT
    uq_admission_ticket_id_list_id_slot UNIQUE (ticket_id, list_id, slot))

CREATE INDEX ix_admission_list_id_ticket_id ON admission (list_id, ticket_id)

CREATE TABLE delivery (id BLOB NOT NULL, kind TEXT NOT NULL, event_id BLOB NOT NULL, ticket_id BLOB, scan_id BLOB,
    state TEXT NOT NULL, payload JSON NOT NULL, reason TEXT NOT NULL, mark TEXT NOT NULL, attempts INTEGER NOT NULL,
    due_at BIGINT NOT NULL, leased_until BIGINT, leased_by TEXT, delivered_to TEXT, last_error TEXT, created_at BIGINT
    NOT NULL, finished_at BIGINT, gate_id BLOB REFERENCES gate (id), device_id BLOB REFERENCES device (id), printer_id
    BLOB REFERENCES printer (id), job_ref TEXT, sent_at BIGINT, CONSTRAINT pk_delivery PRIMARY KEY (id), CONSTRAINT
    fk_delivery_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_delivery_scan_id_scan
    FOREIGN KEY(scan_id) REFERENCES scan (id), CONSTRAINT fk_delivery_ticket_id_ticket FOREIGN KEY(ticket_id)
    REFERENCES ticket (id))

CREATE INDEX ix_delivery_failed ON delivery (kind) WHERE state = 'failed'

CREATE INDEX ix_delivery_open ON delivery (kind, due_at) WHERE state IN ('queued', 'leased')

CREATE INDEX ix_delivery_scan_id ON delivery (scan_id)

CREATE INDEX ix_delivery_ticket_id ON delivery (ticket_id)

CREATE VIRTUAL TABLE ticket_search USING fts5(name, email, code, seat, content='', contentless_delete=1,
    detail=column, prefix='1 2 3', tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co So'")

CREATE TABLE one_time_code (id BLOB NOT NULL, account_id BLOB NOT NULL, code_hash TEXT NOT NULL, made_by TEXT NOT
    NULL, created_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT, CONSTRAINT pk_one_time_code PRIMARY
    KEY (id), CONSTRAINT fk_one_time_code_account_id_account FOREIGN KEY(account_id) REFERENCES account (id))

CREATE INDEX ix_one_time_code_account_id ON one_time_code (account_id)

CREATE TABLE profile (account_id BLOB NOT NULL, pronouns TEXT DEFAULT '' NOT NULL, organization TEXT DEFAULT '' NOT
    NULL, badge_line TEXT DEFAULT '' NOT NULL, interests JSON DEFAULT '[]' NOT NULL, language TEXT DEFAULT '' NOT
    NULL, dietary TEXT DEFAULT '' NOT NULL, access_needs TEXT DEFAULT '' NOT NULL, payment_method TEXT DEFAULT '' NOT
    NULL, payment_reference TEXT DEFAULT '' NOT NULL, silenced JSON DEFAULT '[]' NOT NULL, changed_at BIGINT NOT NULL,
    CONSTRAINT pk_profile PRIMARY KEY (account_id), CONSTRAINT fk_profile_account_id_account FOREIGN KEY(account_id)
    REFERENCES account (id))

CREATE TABLE discount (id BLOB NOT NULL, event_id BLOB NOT NULL, code TEXT NOT NULL, kind TEXT NOT NULL, value INTEGER
    NOT NULL, most_tickets INTEGER, valid_from BIGINT, valid_until BIGINT, active BOOLEAN NOT NULL, note TEXT NOT
    NULL, created_at BIGINT NOT NULL, CONSTRAINT pk_discount PRIMARY KEY (id), CONSTRAINT fk_discount_event_id_event
    FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT uq_discount_event_id_code UNIQUE (event_id, code))

CREATE TABLE invitation (id BLOB NOT NULL, event_id BLOB NOT NULL, email TEXT NOT NULL, invited_at BIGINT NOT NULL,
    vip BOOLEAN DEFAULT 0 NOT NULL, CONSTRAINT pk_invitation PRIMARY KEY (id), CONSTRAINT fk_invitation_event_id_event
    FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT uq_invitation_event_id_email UNIQUE (event_id, email))

CREATE TABLE notice (id BLOB NOT NULL, account_id BLOB NOT NULL, event_id BLOB, kind TEXT NOT NULL, title TEXT NOT
    NULL, body TEXT NOT NULL, subject_kind TEXT NOT NULL, subject_id BLOB, created_at BIGINT NOT NULL, read_at BIGINT,
    CONSTRAINT pk_notice PRIMARY KEY (id), CONSTRAINT fk_notice_account_id_account FOREIGN KEY(account_id) REFERENCES
    account (id), CONSTRAINT fk_notice_event_id_event FOREIGN KEY(event_id) REFERENCES event (id))

CREATE INDEX ix_notice_account_id_created_at ON notice (account_id, created_at)

CREATE INDEX ix_notice_unread ON notice (account_id) WHERE read_at IS NULL

CREATE TABLE seat_section (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, position INTEGER NOT NULL,
    CONSTRAINT pk_seat_section PRIMARY KEY (id), CONSTRAINT fk_seat_section_event_id_event FOREIGN KEY(event_id)
    REFERENCES event (id))

CREATE INDEX ix_seat_section_event_id ON seat_section (event_id)

CREATE TABLE speaker (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, organization TEXT NOT NULL,
    biography TEXT NOT NULL, email TEXT NOT NULL, link TEXT NOT NULL, CONSTRAINT pk_speaker PRIMARY KEY (id),
    CONSTRAINT fk_speaker_event_id_event FOREIGN KEY(event_id) REFERENCES event (id))

CREATE INDEX ix_speaker_event_id ON speaker (event_id)

CREATE TABLE sponsor (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, level TEXT NOT NULL, line TEXT NOT
    NULL, link TEXT NOT NULL, on_badges BOOLEAN NOT NULL, position INTEGER NOT NULL, logo TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_sponsor PRIMARY KEY (id), CONSTRAINT fk_sponsor_event_id_event FOREIGN KEY(event_id) REFERENCES
    event (id))

CREATE INDEX ix_sponsor_event_id ON sponsor (event_id)

CREATE TABLE venue (id BLOB NOT NULL, event_id BLOB NOT NULL, name TEXT NOT NULL, address TEXT NOT NULL, capacity
    INTEGER, CONSTRAINT pk_venue PRIMARY KEY (id), CONSTRAINT fk_venue_event_id_event FOREIGN KEY(event_id) REFERENCES
    event (id))

CREATE INDEX ix_venue_event_id ON venue (event_id)

CREATE TABLE discount_type (discount_id BLOB NOT NULL, ticket_type_id BLOB NOT NULL, CONSTRAINT pk_discount_type
    PRIMARY KEY (discount_id, ticket_type_id), CONSTRAINT fk_discount_type_discount_id_discount FOREIGN
    KEY(discount_id) REFERENCES discount (id), CONSTRAINT fk_discount_type_ticket_type_id_ticket_type FOREIGN
    KEY(ticket_type_id) REFERENCES ticket_type (id))

CREATE TABLE room (id BLOB NOT NULL, event_id BLOB NOT NULL, venue_id BLOB NOT NULL, name TEXT NOT NULL, capacity
    INTEGER, CONSTRAINT pk_room PRIMARY KEY (id), CONSTRAINT fk_room_event_id_event FOREIGN KEY(event_id) REFERENCES
    event (id), CONSTRAINT fk_room_venue_id_venue FOREIGN KEY(venue_id) REFERENCES venue (id))

CREATE INDEX ix_room_event_id ON room (event_id)

CREATE INDEX ix_room_venue_id ON room (venue_id)

CREATE TABLE seat (id BLOB NOT NULL, event_id BLOB NOT NULL, section_id BLOB NOT NULL, label TEXT NOT NULL, row_name
    TEXT NOT NULL, row_no INTEGER NOT NULL, column_no INTEGER NOT NULL, blocked BOOLEAN NOT NULL, ticket_id BLOB,
    held_by BLOB, held_until BIGINT, CONSTRAINT pk_seat PRIMARY KEY (id), CONSTRAINT fk_seat_event_id_event FOREIGN
    KEY(event_id) REFERENCES event (id), CONSTRAINT fk_seat_section_id_seat_section FOREIGN KEY(section_id) REFERENCES
    seat_section (id), CONSTRAINT fk_seat_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id), CONSTRAINT
    uq_seat_event_id_label UNIQUE (event_id, label), CONSTRAINT uq_seat_section_id_row_no_column_no UNIQUE
    (section_id, row_no, column_no), CONSTRAINT uq_seat_ticket_id UNIQUE (ticket_id))

CREATE INDEX ix_seat_held_by ON seat (held_by) WHERE held_by IS NOT NULL

CREATE TABLE session (id BLOB NOT NULL, event_id BLOB NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL,
    room_id BLOB, starts_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, tags JSON DEFAULT '[]' NOT NULL, capacity
    INTEGER, sign_up BOOLEAN NOT NULL, cancelled_at BIGINT, CONSTRAINT pk_session PRIMARY KEY (id), CONSTRAINT
    fk_session_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_session_room_id_room FOREIGN
    KEY(room_id) REFERENCES room (id))

CREATE INDEX ix_session_event_id_starts_at ON session (event_id, starts_at)

CREATE INDEX ix_session_room_id ON session (room_id)

CREATE TABLE session_speaker (session_id BLOB NOT NULL, speaker_id BLOB NOT NULL, position INTEGER NOT NULL,
    CONSTRAINT pk_session_speaker PRIMARY KEY (session_id, speaker_id), CONSTRAINT
    fk_session_speaker_session_id_session FOREIGN KEY(session_id) REFERENCES session (id), CONSTRAINT
    fk_session_speaker_speaker_id_speaker FOREIGN KEY(speaker_id) REFERENCES speaker (id))

CREATE INDEX ix_session_speaker_speaker_id ON session_speaker (speaker_id)

CREATE TABLE sign_up (id BLOB NOT NULL, event_id BLOB NOT NULL, session_id BLOB NOT NULL, account_id BLOB NOT NULL,
    created_at BIGINT NOT NULL, CONSTRAINT pk_sign_up PRIMARY KEY (id), CONSTRAINT fk_sign_up_account_id_account
    FOREIGN KEY(account_id) REFERENCES account (id), CONSTRAINT fk_sign_up_event_id_event FOREIGN KEY(event_id)
    REFERENCES event (id), CONSTRAINT fk_sign_up_session_id_session FOREIGN KEY(session_id) REFERENCES session (id),
    CONSTRAINT uq_sign_up_session_id_account_id UNIQUE (session_id, account_id))

CREATE INDEX ix_sign_up_account_id ON sign_up (account_id)

CREATE TABLE ticket_type_session (ticket_type_id BLOB NOT NULL, session_id BLOB NOT NULL, CONSTRAINT
    pk_ticket_type_session PRIMARY KEY (ticket_type_id, session_id), CONSTRAINT
    fk_ticket_type_session_session_id_session FOREIGN KEY(session_id) REFERENCES session (id), CONSTRAINT
    fk_ticket_type_session_ticket_type_id_ticket_type FOREIGN KEY(ticket_type_id) REFERENCES ticket_type (id))

CREATE TABLE question (id BLOB NOT NULL, event_id BLOB NOT NULL, text TEXT NOT NULL, kind TEXT NOT NULL, required
    BOOLEAN NOT NULL, choices JSON NOT NULL, position INTEGER NOT NULL, depends_on BLOB, depends_value TEXT NOT NULL,
    active BOOLEAN NOT NULL, CONSTRAINT pk_question PRIMARY KEY (id), CONSTRAINT fk_question_depends_on_question
    FOREIGN KEY(depends_on) REFERENCES question (id), CONSTRAINT fk_question_event_id_event FOREIGN KEY(event_id)
    REFERENCES event (id))

CREATE INDEX ix_question_event_id ON question (event_id)

CREATE TABLE voucher (id BLOB NOT NULL, event_id BLOB NOT NULL, code TEXT NOT NULL, value_minor INTEGER NOT NULL,
    valid_until BIGINT, note TEXT NOT NULL, created_at BIGINT NOT NULL, cancelled_at BIGINT, CONSTRAINT pk_voucher
    PRIMARY KEY (id), CONSTRAINT fk_voucher_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT
    uq_voucher_event_id_code UNIQUE (event_id, code))

CREATE TABLE invoice (id BLOB NOT NULL, event_id BLOB NOT NULL, booking_id BLOB NOT NULL, series TEXT NOT NULL, number
    INTEGER NOT NULL, content JSON NOT NULL, issued_at BIGINT NOT NULL, CONSTRAINT pk_invoice PRIMARY KEY (id),
    CONSTRAINT fk_invoice_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), CONSTRAINT
    fk_invoice_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT
    uq_invoice_event_id_series_number UNIQUE (event_id, series, number))

CREATE INDEX ix_invoice_booking_id ON invoice (booking_id)

CREATE TABLE ledger (no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, transaction_id BLOB NOT NULL, event_id BLOB NOT
    NULL, booking_id BLOB, ticket_type_id BLOB, account TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT
    NOT NULL, currency_exponent INTEGER NOT NULL, memo TEXT NOT NULL, at BIGINT NOT NULL, CONSTRAINT
    fk_ledger_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), CONSTRAINT fk_ledger_event_id_event
    FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_ledger_ticket_type_id_ticket_type FOREIGN
    KEY(ticket_type_id) REFERENCES ticket_type (id))

CREATE INDEX ix_ledger_booking_id ON ledger (booking_id)

CREATE INDEX ix_ledger_event_id_account_at ON ledger (event_id, account, at)

CREATE INDEX ix_ledger_transaction_id ON ledger (transaction_id)

CREATE TABLE payment (id BLOB NOT NULL, event_id BLOB NOT NULL, booking_id BLOB NOT NULL, method TEXT NOT NULL,
    provider TEXT NOT NULL, reference TEXT NOT NULL, amount_minor INTEGER NOT NULL, currency TEXT NOT NULL,
    currency_exponent INTEGER NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL, voucher_id BLOB, actor_name TEXT NOT
    NULL, created_at BIGINT NOT NULL, settled_at BIGINT, expires_at BIGINT, CONSTRAINT pk_payment PRIMARY KEY (id),
    CONSTRAINT fk_payment_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), CONSTRAINT
    fk_payment_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_payment_voucher_id_voucher
    FOREIGN KEY(voucher_id) REFERENCES voucher (id))

CREATE INDEX ix_payment_booking_id ON payment (booking_id)

CREATE INDEX ix_payment_event_id_created_at ON payment (event_id, created_at)

CREATE INDEX ix_payment_open ON payment (provider) WHERE state = 'pending'

CREATE TABLE question_type (question_id BLOB NOT NULL, ticket_type_id BLOB NOT NULL, CONSTRAINT pk_question_type
    PRIMARY KEY (question_id, ticket_type_id), CONSTRAINT fk_question_type_question_id_question FOREIGN
    KEY(question_id) REFERENCES question (id), CONSTRAINT fk_question_type_ticket_type_id_ticket_type FOREIGN
    KEY(ticket_type_id) REFERENCES ticket_type (id))

CREATE TABLE queue_request (id BLOB NOT NULL, no INTEGER NOT NULL, event_id BLOB NOT NULL, account_id BLOB, priority
    INTEGER NOT NULL, wish JSON NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, booking_id BLOB, created_at
    BIGINT NOT NULL, decided_at BIGINT, CONSTRAINT pk_queue_request PRIMARY KEY (id), CONSTRAINT
    fk_queue_request_account_id_account FOREIGN KEY(account_id) REFERENCES account (id), CONSTRAINT
    fk_queue_request_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), CONSTRAINT
    fk_queue_request_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT uq_queue_request_no UNIQUE
    (no))

CREATE INDEX ix_queue_request_account_id ON queue_request (account_id)

CREATE INDEX ix_queue_request_event_id_state_priority ON queue_request (event_id, state, priority, no)

CREATE TABLE answer (ticket_id BLOB NOT NULL, question_id BLOB NOT NULL, value TEXT NOT NULL, CONSTRAINT pk_answer
    PRIMARY KEY (ticket_id, question_id), CONSTRAINT fk_answer_question_id_question FOREIGN KEY(question_id)
    REFERENCES question (id), CONSTRAINT fk_answer_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id))

CREATE INDEX ix_answer_question_id ON answer (question_id)

CREATE TABLE payment_notice (provider TEXT NOT NULL, notice TEXT NOT NULL, payment_id BLOB, state TEXT NOT NULL,
    received_at BIGINT NOT NULL, CONSTRAINT pk_payment_notice PRIMARY KEY (provider, notice), CONSTRAINT
    fk_payment_notice_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id))

CREATE TABLE refund (id BLOB NOT NULL, event_id BLOB NOT NULL, booking_id BLOB NOT NULL, payment_id BLOB NOT NULL,
    amount_minor INTEGER NOT NULL, state TEXT NOT NULL, reason TEXT NOT NULL, reference TEXT NOT NULL, error TEXT NOT
    NULL, actor_name TEXT NOT NULL, created_at BIGINT NOT NULL, settled_at BIGINT, CONSTRAINT pk_refund PRIMARY KEY
    (id), CONSTRAINT fk_refund_booking_id_booking FOREIGN KEY(booking_id) REFERENCES booking (id), CONSTRAINT
    fk_refund_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_refund_payment_id_payment
    FOREIGN KEY(payment_id) REFERENCES payment (id))

CREATE INDEX ix_refund_booking_id ON refund (booking_id)

CREATE INDEX ix_refund_event_id_created_at ON refund (event_id, created_at)

CREATE INDEX ix_refund_open ON refund (event_id) WHERE state != 'paid'

CREATE INDEX ix_refund_payment_id ON refund (payment_id)

CREATE TABLE statement_line (id BLOB NOT NULL, event_id BLOB NOT NULL, digest TEXT NOT NULL, booked_on TEXT NOT NULL,
    amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, payer TEXT NOT NULL, purpose TEXT NOT NULL, payment_id
    BLOB, problem TEXT NOT NULL, imported_at BIGINT NOT NULL, CONSTRAINT pk_statement_line PRIMARY KEY (id),
    CONSTRAINT fk_statement_line_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT
    fk_statement_line_payment_id_payment FOREIGN KEY(payment_id) REFERENCES payment (id), CONSTRAINT
    uq_statement_line_event_id_digest UNIQUE (event_id, digest))

CREATE TABLE waitlist_entry (id BLOB NOT NULL, no INTEGER NOT NULL, event_id BLOB NOT NULL, ticket_type_id BLOB,
    session_id BLOB, account_id BLOB, name TEXT NOT NULL, email TEXT NOT NULL, priority INTEGER NOT NULL, state TEXT
    NOT NULL, offered_at BIGINT, offer_until BIGINT, ticket_id BLOB, created_at BIGINT NOT NULL, CONSTRAINT
    pk_waitlist_entry PRIMARY KEY (id), CONSTRAINT fk_waitlist_entry_account_id_account FOREIGN KEY(account_id)
    REFERENCES account (id), CONSTRAINT fk_waitlist_entry_event_id_event FOREIGN KEY(event_id) REFERENCES event (id),
    CONSTRAINT fk_waitlist_entry_session_id_session FOREIGN KEY(session_id) REFERENCES session (id), CONSTRAINT
    fk_waitlist_entry_ticket_id_ticket FOREIGN KEY(ticket_id) REFERENCES ticket (id), CONSTRAINT
    fk_waitlist_entry_ticket_type_id_ticket_type FOREIGN KEY(ticket_type_id) REFERENCES ticket_type (id), CONSTRAINT
    uq_waitlist_entry_no UNIQUE (no))

CREATE INDEX ix_waitlist_entry_account_id ON waitlist_entry (account_id)

CREATE INDEX ix_waitlist_entry_due ON waitlist_entry (offer_until) WHERE state = 'offered'

CREATE INDEX ix_waitlist_entry_event_id_no ON waitlist_entry (event_id, no)

CREATE INDEX ix_waitlist_entry_session_id_state ON waitlist_entry (session_id, state)

CREATE INDEX ix_waitlist_entry_ticket_type_id_state ON waitlist_entry (ticket_type_id, state)

CREATE UNIQUE INDEX uq_waitlist_entry_session ON waitlist_entry (account_id, session_id) WHERE state IN ('waiting',
    'offered') AND session_id IS NOT NULL

CREATE UNIQUE INDEX uq_waitlist_entry_type ON waitlist_entry (account_id, ticket_type_id) WHERE state IN ('waiting',
    'offered') AND ticket_type_id IS NOT NULL

CREATE INDEX ix_account_folded_name ON account (folded_name)

CREATE INDEX ix_booking_due ON booking (expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL

CREATE INDEX ix_booking_email ON booking (email)

CREATE INDEX ix_booking_event_id_folded_name ON booking (event_id, folded_name)

CREATE INDEX ix_booking_event_id_state_no ON booking (event_id, state, no)

CREATE INDEX ix_booking_event_id_no ON booking (event_id, no)

CREATE UNIQUE INDEX uq_booking_external_ref ON booking (event_id, external_ref) WHERE external_ref IS NOT NULL

CREATE UNIQUE INDEX uq_booking_no ON booking (no)

CREATE INDEX ix_event_owner_id ON event (owner_id)

CREATE INDEX ix_event_state_starts_at ON event (state, starts_at)

CREATE INDEX ix_ticket_account_id ON ticket (account_id) WHERE account_id IS NOT NULL

CREATE INDEX ix_ticket_discount_id ON ticket (discount_id) WHERE discount_id IS NOT NULL

CREATE TABLE printer (id BLOB NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, layout TEXT NOT NULL, device_id BLOB,
    enabled BOOLEAN NOT NULL, position INTEGER NOT NULL, labels_left INTEGER, labels_warn INTEGER NOT NULL, health
    TEXT NOT NULL, health_text TEXT NOT NULL, checked_at BIGINT, leased_by TEXT, leased_until BIGINT, created_at
    BIGINT NOT NULL, CONSTRAINT pk_printer PRIMARY KEY (id), CONSTRAINT fk_printer_device_id_device FOREIGN
    KEY(device_id) REFERENCES device (id), CONSTRAINT uq_printer_name UNIQUE (name))

CREATE TABLE printer_gate (printer_id BLOB NOT NULL, gate_id BLOB NOT NULL, CONSTRAINT pk_printer_gate PRIMARY KEY
    (printer_id, gate_id), CONSTRAINT fk_printer_gate_printer_id_printer FOREIGN KEY(printer_id) REFERENCES printer
    (id), CONSTRAINT fk_printer_gate_gate_id_gate FOREIGN KEY(gate_id) REFERENCES gate (id))

CREATE TABLE cash_shift (id BLOB NOT NULL, event_id BLOB NOT NULL, drawer TEXT NOT NULL, operator_id BLOB,
    operator_name TEXT NOT NULL, currency TEXT NOT NULL, currency_exponent INTEGER NOT NULL, float_minor INTEGER NOT
    NULL, opened_at BIGINT NOT NULL, closed_at BIGINT, expected_minor INTEGER, counted_minor INTEGER, counts JSON NOT
    NULL, note TEXT NOT NULL, handed_to_id BLOB, CONSTRAINT pk_cash_shift PRIMARY KEY (id), CONSTRAINT
    fk_cash_shift_event_id_event FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT
    fk_cash_shift_operator_id_account FOREIGN KEY(operator_id) REFERENCES account (id), CONSTRAINT
    fk_cash_shift_handed_to_id_cash_shift FOREIGN KEY(handed_to_id) REFERENCES cash_shift (id))

CREATE INDEX ix_cash_shift_event_id ON cash_shift (event_id)

CREATE UNIQUE INDEX uq_cash_shift_drawer ON cash_shift (event_id, drawer) WHERE closed_at IS NULL

CREATE UNIQUE INDEX uq_cash_shift_operator ON cash_shift (event_id, operator_id) WHERE closed_at IS NULL AND
    operator_id IS NOT NULL

CREATE TABLE cash_movement (no INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL, shift_id BLOB NOT NULL,
    kind TEXT NOT NULL, amount_minor INTEGER NOT NULL, payment_id BLOB, refund_id BLOB, counters_id BLOB, reason TEXT
    NOT NULL, actor_name TEXT NOT NULL, at BIGINT NOT NULL, CONSTRAINT fk_cash_movement_shift_id_cash_shift FOREIGN
    KEY(shift_id) REFERENCES cash_shift (id), CONSTRAINT fk_cash_movement_payment_id_payment FOREIGN KEY(payment_id)
    REFERENCES payment (id), CONSTRAINT fk_cash_movement_refund_id_refund FOREIGN KEY(refund_id) REFERENCES refund
    (id), CONSTRAINT fk_cash_movement_counters_id_cash_movement FOREIGN KEY(counters_id) REFERENCES cash_movement
    (id), CONSTRAINT uq_cash_movement_id UNIQUE (id), CONSTRAINT uq_cash_movement_payment_id UNIQUE (payment_id),
    CONSTRAINT uq_cash_movement_refund_id UNIQUE (refund_id), CONSTRAINT uq_cash_movement_counters_id UNIQUE
    (counters_id))

CREATE INDEX ix_cash_movement_shift_id ON cash_movement (shift_id)

CREATE TRIGGER cash_movement_stays BEFORE UPDATE OF no, id, shift_id, kind, amount_minor, payment_id, refund_id,
    counters_id, reason, at ON cash_movement BEGIN SELECT RAISE(ABORT, 'a cash movement is never changed'); END

CREATE TRIGGER cash_movement_is_kept BEFORE DELETE ON cash_movement BEGIN SELECT RAISE(ABORT, 'a cash movement is
    never deleted'); END

CREATE INDEX ix_scan_annulled_at ON scan (annulled_at) WHERE annulled_at IS NOT NULL

CREATE TABLE scan_timing (scan_id BLOB NOT NULL, verdict_ms INTEGER NOT NULL, CONSTRAINT pk_scan_timing PRIMARY KEY
    (scan_id), CONSTRAINT fk_scan_timing_scan_id_scan FOREIGN KEY(scan_id) REFERENCES scan (id))

CREATE INDEX ix_ticket_companion_of ON ticket (companion_of) WHERE companion_of IS NOT NULL

CREATE INDEX ix_delivery_sent ON delivery (printer_id) WHERE state = 'sent' AND job_ref IS NOT NULL

CREATE TRIGGER cash_movement_is_new BEFORE INSERT ON cash_movement WHEN EXISTS (SELECT 1 FROM cash_movement WHERE no =
    NEW.no OR id = NEW.id OR payment_id = NEW.payment_id OR refund_id = NEW.refund_id OR counters_id =
    NEW.counters_id) BEGIN SELECT RAISE(ABORT, 'this cash movement is there already'); END

CREATE TRIGGER invoice_is_new BEFORE INSERT ON invoice WHEN EXISTS (SELECT 1 FROM invoice WHERE id = NEW.id OR
    (event_id, series, number) = (NEW.event_id, NEW.series, NEW.number)) BEGIN SELECT RAISE(ABORT, 'this invoice is
    there already'); END

CREATE TRIGGER ledger_is_new BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM ledger WHERE no = NEW.no) BEGIN SELECT
    RAISE(ABORT, 'this ledger is there already'); END

CREATE TRIGGER invoice_stays BEFORE UPDATE ON invoice BEGIN SELECT RAISE(ABORT, 'the invoice is never changed'); END

CREATE TRIGGER invoice_is_kept BEFORE DELETE ON invoice BEGIN SELECT RAISE(ABORT, 'the invoice is never deleted'); END

CREATE TRIGGER ledger_stays BEFORE UPDATE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END

CREATE TRIGGER ledger_is_kept BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is never deleted'); END

CREATE TABLE announcement (id BLOB NOT NULL, event_id BLOB NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL, audience
    TEXT NOT NULL, chosen JSON NOT NULL, sent_at BIGINT NOT NULL, sent_by BLOB, told INTEGER NOT NULL, told_through
    BLOB, finished_at BIGINT, CONSTRAINT pk_announcement PRIMARY KEY (id), CONSTRAINT fk_announcement_event_id_event
    FOREIGN KEY(event_id) REFERENCES event (id), CONSTRAINT fk_announcement_sent_by_account FOREIGN KEY(sent_by)
    REFERENCES account (id))

CREATE INDEX ix_announcement_sent_by ON announcement (sent_by)

CREATE INDEX ix_announcement_event_id_sent_at ON announcement (event_id, sent_at)

CREATE INDEX ix_announcement_unfinished ON announcement (sent_at) WHERE finished_at IS NULL

CREATE INDEX ix_notice_announcement ON notice (subject_id) WHERE subject_kind = 'announcement'

CREATE UNIQUE INDEX uq_ticket_foreign_code ON ticket (foreign_code, event_id) WHERE foreign_code IS NOT NULL
