### What the command lines say.
### To be reviewed by a Moroccan social worker before use.

## Shared by the command lines
cli-error = خطأ:
cli-next = التالي:
cli-safe = في أمان:
cli-nothing-changed = لم يتغير أي شيء

## jisr-server
server-init-done = تم إعداد الخادم في { $folder }.
server-init-next-unit = أضف وحدة: jisr-server unit add azilal-1 --province azilal --name-ar '…' --name-fr '…' --data { $folder }
server-init-next-serve = شغله: jisr-server serve --data { $folder }
server-password-ask = كلمة مرور { $name }
server-password-again = مرة أخرى
server-unit-added = أضيفت الوحدة { $id }.
server-account-added = أضيف الحساب { $name }.
server-plan-added = بُرمجت جولة للوحدة { $unit } يوم { $day }.
server-plan-removed = لم تعد جولة الوحدة { $unit } يوم { $day } مبرمجة.
server-code = الرمز
server-code-url = أو افتح على الجهاز
server-code-once = يعرض مرة واحدة ويمكن لجهاز واحد استعماله خلال { $hours } ساعة.
server-device-revoked = الجهاز { $id } لن يستقبل شيئا بعد الآن؛ وما يرسله لاحقا يوضع جانبا.
server-verify-ok = المخزن سليم.
server-verify-damaged = المخزن متضرر: { $n } ملاحظات.
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
server-col-reason = السبب
server-col-start = البداية
server-col-end = النهاية
server-col-figure = المؤشر
server-state-active = نشط
server-state-revoked = معطل

## What an IT person meets, with what remains safe and what to do
server-fail-in-use = عملية أخرى تستعمل المخزن في { $folder } ومقبس الإدارة لا يجيب.
server-fail-in-use-next = المخزن لم يُمس. نفذ الأمر بحساب مستخدم الخادم، أو أوقف الخادم أولا.
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
server-fail-password = كلمتا المرور مختلفتان، أو كلمة المرور أقصر من { $min } أحرف.
server-fail-password-next = لم يتغير أي شيء. أعد تنفيذ الأمر واختر كلمة أطول.
server-refused-exists = { $id } موجود مسبقا.
server-refused-unknown = { $id } غير معروف هنا.
server-refused-not-planned = لا جولة مبرمجة كهذه: { $id }.
server-refused-scope = تسجيلات من هذا النوع لا توضع في { $id }: الأشخاص والأماكن في إقليم، والباقي في وحدة.
server-record-moved = أصبح { $id } الآن في { $to }. تفقده أجهزة الوحدة السابقة عند اتصالها المقبل، وما كتبته فيه ولم ترسله يُحفظ جانبا.
server-refused-text = يجب أن يتكون الاسم من 1 إلى { $max } بايت دون أحرف تحكم.
server-refused-span = يجب أن تنتهي الجولة بعد بدايتها وخلال 24 ساعة.
server-refused-days = لا يمكن أن يسبق اليوم الأخير اليوم الأول ولا أن يتأخر عنه بأكثر من 400 يوم.
server-refused-repair = لا يمكن إصلاح مخزن قيد الاستعمال: أوقف الخادم أولا.
server-refused-version = الخادم المشتغل لا يفهم هذا الأمر: هل البرنامج والخادم من نفس النسخة؟
server-refused-next = لم يتغير أي شيء. صحح وأعد تنفيذ الأمر.
server-fail-other = فشل: { $what }.
server-fail-other-next = ما سبق حفظه في أمان. أعد المحاولة، وراجع سجل الخادم إذا تكرر الفشل.
