### What the command lines say.
### To be reviewed by a Moroccan social worker before use.

## Shared by the command lines
cli-error = خطأ:
cli-next = التالي:
cli-safe = في أمان:
cli-nothing-changed = لم يتغير أي شيء

usage-no-value = { $argument } يحتاج إلى قيمة.
usage-value = { $value } ليست قيمة تناسب { $argument }.
usage-value-of = { $value } ليست قيمة تناسب { $argument }: القيم الممكنة { $possible }.
usage-value-why = { $value } ليست قيمة تناسب { $argument } ({ $why }).
usage-unknown = لا يوجد هنا خيار { $argument }.
usage-no-command = لا يوجد أمر { $command }.
usage-missing = ينقص: { $argument }.
usage-missing-command = ينقص الأمر، وهو واحد من: { $commands }.
usage-twice = لا يكتب { $argument } إلا مرة واحدة.
usage-conflict = لا يجتمع { $argument } مع { $other }.
usage-other = لا تقرأ هذه الخيارات { $argument }.
usage-meant = لعل المقصود: { $meant }
usage-next = لم يتغير أي شيء. يكتب هكذا: { $usage }
usage-next-help = لم يتغير أي شيء. انظر --help.

## jisr-server
server-init-done = تم إعداد الخادم في { $folder }.
server-init-next-unit = أضف وحدة: jisr-server unit add azilal-1 --province azilal --name-ar '…' --name-fr '…' --data { $folder }
server-init-next-serve = شغله: jisr-server serve --data { $folder }
server-password-ask = كلمة مرور { $name } ({ $min } رموز على الأقل)
server-password-differs = كلمتا المرور مختلفتان. لم يتغير أي شيء، أعد المحاولة.
server-password-again = مرة أخرى
server-unit-added = أضيفت الوحدة { $id }.
server-account-added = أضيف الحساب { $name }.
server-plan-added = بُرمجت جولة للوحدة { $unit } يوم { $day }.
server-plan-removed = لم تعد جولة الوحدة { $unit } يوم { $day } مبرمجة.
server-code = الرمز
server-code-url = أو افتح على الجهاز
server-code-once = يعرض مرة واحدة ويمكن لجهاز واحد استعماله خلال { $hours } ساعة.
server-device-revoked = الجهاز { $name } ({ $id }) لن يستقبل شيئا بعد الآن؛ وما يرسله لاحقا يوضع جانبا.
server-device-revoked-before = الجهاز { $name } ({ $id }) سبق سحبه. لم يتغير أي شيء.
server-account-disabled = لم يعد بإمكان الحساب { $name } الدخول. لإعادة الولوج: jisr-server user reset { $name }
server-password-reset = للحساب { $name } كلمة مرور جديدة، وانتهت جلساته المفتوحة.
server-state-disabled = موقوف
server-col-territory = المجال الترابي
server-col-role = الدور
server-device-moved = الجهاز { $id } يقرأ ويكتب من الآن ل { $unit }.
server-import-new = جديدة: { $n }
server-import-known = معروفة من قبل: { $n }
server-import-aside = موضوعة جانبا: { $n }،
server-import-held-back = { $n } لم تحفظ: وُضع جانبا الكثير من عمل الأجهزة التي كتبتها. عالج ذلك ثم أعد إدخال الملف.
server-verify-ok = المخزن سليم.
server-verify-damaged = المخزن متضرر: { $n } ملاحظات.
server-verify-more = و{ $n } أخرى
server-backup-made = تمت النسخة الاحتياطية وأُعيدت قراءتها كاملة: { $file }
server-backup-sound = النسخة الاحتياطية سليمة: { $file }
server-backup-holds = التاريخ: { $when }؛ عدد التسجيلات: { $records } في السجلات: { $scopes }، التعديلات الموضوعة جانبا: { $aside }، الحجم: { $kib } كيبيبايت.
server-backup-removed = حُذفت النسخة الأقدم { $file }
server-restored = استُعيد الخادم من { $file }
server-restored-aside = المخزن السابق موجود الآن في { $folder }. احذفه بعد أن تسلّم كل الوحدات ما عندها.
server-restored-next = شغله بالأمر: jisr-server serve --data { $folder }. ستلاحظ الأجهزة ذلك وتعيد ما ينقص. عطّل من جديد الأجهزة والحسابات التي عُطلت بعد النسخة.
server-compacted = كُتب المخزن من جديد: { $before } كيبيبايت سابقا، { $after } كيبيبايت الآن.
server-day-differing =
    { $n ->
        [one] تسجيل واحد فيه حقل له قيمتان: كل القيم محفوظة إلى حين اتخاذ قرار.
        [two] تسجيلان فيهما حقول لها قيمتان: كل القيم محفوظة إلى حين اتخاذ قرار.
        [few] { $n } تسجيلات فيها حقول لها قيمتان: كل القيم محفوظة إلى حين اتخاذ قرار.
        [many] { $n } تسجيلا فيها حقول لها قيمتان: كل القيم محفوظة إلى حين اتخاذ قرار.
       *[other] { $n } تسجيل فيها حقول لها قيمتان: كل القيم محفوظة إلى حين اتخاذ قرار.
    }
server-none = لا شيء.
server-col-id = المعرف
server-col-name = الاسم
server-col-province = الإقليم
server-col-unit = الوحدة
server-col-state = الحالة
server-col-contact = آخر اتصال
server-col-waiting = في الانتظار
server-col-received = وصل في
server-col-scope = النطاق
server-col-record = التسجيل
server-col-device = الجهاز
server-col-outcome = النتيجة
server-aside-more = يوجد المزيد: --before { $next }
server-col-reason = السبب
server-col-start = البداية
server-col-end = النهاية
server-col-figure = المؤشر
server-state-active = نشط
server-state-revoked = معطل

## What an IT person meets, with what remains safe and what to do
server-fail-in-use = عملية أخرى تستعمل المخزن في { $folder } ومقبس الإدارة لا يجيب.
server-fail-in-use-next = المخزن لم يُمس. نفذ الأمر بحساب مستخدم الخادم، أو أوقف الخادم أولا.
server-fail-no-access = لا يحق لهذا الحساب استعمال { $folder }.
server-fail-no-access-next = لم يتغير شيء. شغّل الأمر بالمستخدم الذي يعمل به الخادم.
server-fail-no-store = لا يوجد خادم جسر في { $folder }.
server-fail-no-store-next = لم يتغير أي شيء. أعدّ خادما بالأمر: jisr-server init --data { $folder }
server-fail-init-twice = يوجد خادم في { $folder } مسبقا.
server-fail-init-twice-next = بياناته لم تُمس. اختر مجلدا آخر، أو شغله بالأمر: jisr-server serve --data { $folder }
server-fail-listen = تعذر الاستماع على { $address }.
server-fail-listen-next = البيانات في أمان. قد يكون المنفذ مستعملا من برنامج آخر: اختر منفذا بالخيار --listen 127.0.0.1:8443
server-fail-config = ملف الإعداد { $file } غير مقروء: { $what }.
server-fail-config-next = البيانات في أمان. صحح ذلك السطر وأعد المحاولة.
server-fail-full = القرص ممتلئ.
server-fail-full-next = ما سبق حفظه في أمان. أفرغ بعض المساحة وأعد المحاولة.
server-fail-newer = كُتب المخزن بنسخة أحدث من جسر.
server-fail-newer-next = تُرك كما هو. ثبّت تلك النسخة أو أحدث منها.
server-fail-damaged = المخزن متضرر: { $what }.
server-fail-damaged-next = لم يتغير أي شيء. انسخ مجلد البيانات إلى مكان آخر ثم نفذ: jisr-server verify --data { $folder }
server-fail-no-terminal = لا توجد طرفية لطلب كلمة مرور { $name }.
server-fail-no-terminal-next = لم يتغير أي شيء. قدم كلمة المرور بـ --password-stdin (السطر الأول من الدخل القياسي) أو --password-file FILE.
server-fail-password = كلمة المرور أقصر من { $min } أحرف.
server-fail-password-next = لم يتغير أي شيء. أعد تنفيذ الأمر واختر كلمة أطول.
server-fail-backup-unwritten = تعذرت كتابة النسخة الاحتياطية { $file }: { $what }.
server-fail-backup-unwritten-next = ما هو محفوظ في أمان والنسخ السابقة كما هي. يجب أن يتمكن مستخدم الخادم من الكتابة هناك: تحقق من المجلد وصلاحياته والمساحة الفارغة.
server-fail-backup-occupied = { $file } موجود وليس نسخة احتياطية لهذا الخادم.
server-fail-backup-occupied-next = تُرك كما هو. اختر اسما آخر.
server-fail-backup-unsound = لا يمكن استعمال النسخة الاحتياطية { $file }: { $what }.
server-fail-backup-unsound-next = لم يتغير أي شيء. انسخها من جديد من مصدرها، أو استعمل نسخة أقدم.
server-fail-backup-newer = النسخة الاحتياطية { $file } أنشأتها نسخة أحدث من جسر.
server-fail-backup-newer-next = لم يتغير أي شيء. ثبّت تلك النسخة أو أحدث منها.
server-fail-backup-disagrees = النسخة الاحتياطية مقروءة لكنها لا تعطي مخزنا سليما: { $what }.
server-fail-backup-disagrees-next = لم يتغير أي شيء. استعمل نسخة أقدم واحتفظ بهذه للفحص.
server-fail-restore-exists = يوجد مخزن في { $folder } مسبقا.
server-fail-restore-exists-next = لم يُمس. اختر مجلدا آخر، أو أضف --replace: يوضع المخزن جانبا ولا يُحذف أبدا.
server-fail-restore-foreign = يحتوي { $folder } على أشياء أخرى: { $what }.
server-fail-restore-foreign-next = لم يتغير أي شيء. اختر مجلدا فارغا.
server-fail-serve-twice = يعمل خادم على { $folder } من قبل.
server-fail-serve-twice-next = يستمر كما كان. الأوامر الأخرى تصل إليه من هنا؛ لإعادة تشغيله أوقفه أولا.
server-fail-serving = هناك خادم يشتغل على { $folder }.
server-fail-serving-next = لم يتغير أي شيء. أوقف الخادم أولا.
server-fail-stopped = تم إيقاف العملية.
server-fail-stopped-next = كل شيء كما كان من قبل، ولم يبق شيء نصف منجز. أعد تشغيل الأمر متى شئت.
server-refused-pattern = تحتاج النسخة الاحتياطية إلى اسم ملف؛ ومع --keep يجب أن يحتوي على { "{" }now{ "}" } مرة واحدة: /var/backups/jisr-{ "{" }now{ "}" }.jisr
server-refused-exists = { $id } موجود مسبقا.
server-refused-province = لا توجد وحدة في هذا الإقليم وليس من الأقاليم المعروفة هنا: { $known }. إذا كان مقصودا فأضف --new-province إلى unit add.
server-refused-ambiguous = عدة أجهزة تحمل هذا الاسم: { $devices }. حدد أحدها ببداية معرفه.
server-refused-unknown = { $id } غير معروف هنا.
server-refused-not-planned = لا جولة مبرمجة كهذه: { $id }.
server-refused-scope = تسجيلات من هذا النوع لا توضع في { $id }: الأشخاص والأماكن في إقليم، والباقي في وحدة.
server-record-moved = أصبح { $id } الآن في { $to }. تفقده أجهزة الوحدة السابقة عند اتصالها المقبل، وما كتبته فيه ولم ترسله يُحفظ جانبا.
server-refused-text = يجب أن يتكون الاسم من 1 إلى { $max } بايت دون أحرف تحكم.
server-refused-span = يجب أن تنتهي الجولة بعد بدايتها وخلال 24 ساعة.
server-refused-days = لا يمكن أن يسبق اليوم الأخير اليوم الأول ولا أن يتأخر عنه بأكثر من 400 يوم.
server-refused-several = عدة تغييرات موضوعة جانبا تبدأ ب { $id }: أضف المزيد منه، أو { $id }@RECORD.
server-refused-reason = المبرر من 1 إلى { $max } بايت دون محارف تحكم؛ ويقرر في 256 تغييرا على الأكثر دفعة واحدة.
server-refused-repair = لا يمكن إصلاح مخزن قيد الاستعمال: أوقف الخادم أولا.
server-refused-file-unreadable = تعذرت قراءة الملف: { $what }.
server-refused-file-foreign = هذا ليس ملف نقل لجسر.
server-refused-file-damaged = ملف النقل تالف أو لم يُختم لهذا الخادم: { $what }. لم يُفقد شيء من الجهاز بالتصدير: اطلب تصديره من جديد.
server-refused-file-other-server = ملف النقل لخادم آخر. احمله إلى الخادم الذي أُعدّ له.
server-refused-file-newer = كتبت نسخة أحدث من جسر ملف النقل: حدّث هذا الخادم أولا.
server-refused-version = الخادم المشتغل لا يفهم هذا الأمر: هل البرنامج والخادم من نفس النسخة؟
server-refused-next = لم يتغير أي شيء. صحح وأعد تنفيذ الأمر.
server-fail-other = فشل: { $what }.
server-fail-other-next = ما سبق حفظه في أمان. أعد المحاولة، وراجع سجل الخادم إذا تكرر الفشل.

## ما يجده الفحص
server-part-documents = الوثائق
server-part-rows = الأسطر
server-part-terms = طرق إيجاد الأسطر
server-part-index = فهرس التغييرات
server-part-set-aside = التغييرات الموضوعة جانبا
server-finding-log-unreadable = السجل { $scope }: لا يقرأ بعد القيد { $after }.
server-finding-chain = السجل { $scope }: القيد { $number } لا يتبع ما قبله.
server-finding-hash = السجل { $scope }: القيد { $number } ليس ما تقوله بصمته.
server-finding-author = السجل { $scope }: كاتب القيد { $number } غير مثبت.
server-finding-head = السجل { $scope }: لا ينتهي حيث يقول رأسه.
server-finding-digest = السجل { $scope }: مجاميعه ليست مجاميع قيوده.
server-finding-not-indexed = التغيير { $hash } في { $document } لا يوجد ببصمته.
server-finding-index-count = في فهرس التغييرات { $entries } مداخل مقابل { $changes } تغييرات.
server-finding-history = التسجيل { $document }: سجله لا يعطي وثيقة.
server-finding-document = التسجيل { $document }: محفوظ على غير ما يعطيه سجله.
server-finding-row = التسجيل { $document }: سطره ليس ما تعطيه وثيقته.
server-finding-without-log = { $what }: { $found } بدل { $expected }.
server-finding-unreadable = { $what }: أحدها لا يقرأ.
server-finding-set-aside = موضوع جانبا: المعدود { $counted } والمدرج { $listed }.
server-finding-set-aside-of = موضوع جانبا: ما يخص الجهاز { $device } لا يعد ولا يوجد كما أدرج.

## إلى أين وصل العمل
server-progress-copy-aside = نسخ ما وُضع جانبا
server-progress-copy-records = نسخ التسجيلات
server-progress-copy-others = نسخ الإثباتات والسجل الإداري
server-progress-check = قراءة النسخة الاحتياطية
server-progress-load = إدخال النسخة الاحتياطية
server-progress-index = بناء الفهرس
server-progress-build = بناء الوثائق
server-progress-logs = قراءة السجلات
server-progress-documents = مقارنة الوثائق
server-progress-values = نسخ البيانات
server-progress-compare = مقارنة النسخة
server-progress-envelopes = إدخال محتوى الملف
